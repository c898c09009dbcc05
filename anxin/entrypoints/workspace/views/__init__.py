"""The workspace's pages and answers, one file a subject."""
