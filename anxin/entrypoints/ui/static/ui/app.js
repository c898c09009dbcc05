// Every page: load what the shared markup needs. Rooms import single modules from here as well.

import "./requests.js";
import "./toast.js";
import "./dialog.js";
import "./keyboard.js";
import "./theme.js";
import "./copy.js";
import "./drafts.js";
import "./time.js";
import "./upload.js";
import "./alpine.js";
