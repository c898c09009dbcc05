// ECharts, fetched only by pages with a chart. <div data-chart="id-of-json-script"> with a height from CSS.
//
//   (import { draw })
//   draw(element, { x: ["11-01", …], series: [{ name, data, before: true }], kind: "line", target: 24 });
//   isNamed: false where the page names the lines itself.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Draw one chart: zero-based, labelled directly, the period before in grey, the target as a line. */
export async function draw(element, { x, series, kind = "line", target = null, unit = "", isNamed = true }) {
  const source = document.querySelector("meta[name=charts]")?.content || element.dataset.library;
  const { init } = await import(source);
  const chart = element.chart || init(element, null, { renderer: "svg" });
  element.chart = chart;
  const paint = () => chart.setOption(optionOf({ x, series, kind, target, unit, isNamed }), true);
  paint();
  if (!element.isWatched) {
    element.isWatched = true;
    new ResizeObserver(() => chart.resize()).observe(element);
    document.addEventListener("theme:changed", () => element.repaint());
  }
  element.repaint = paint;
  return chart;
}

function optionOf({ x, series, kind, target, unit, isNamed }) {
  const text = token("--ax-muted"), line = token("--ax-line"), accent = token("--ax-accent");
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    aria: { enabled: true },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: text },
    grid: { left: 8, right: isNamed ? 64 : target === null ? 12 : 40, top: 16, bottom: 8, containLabel: true },
    // HTML tooltips carry inline styles, which our Content-Security-Policy refuses.
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: token("--ax-surface"), borderColor: line, textStyle: { color: token("--ax-text") } },
    xAxis: { type: "category", data: x, boundaryGap: kind === "bar", axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: text, hideOverlap: true } },
    yAxis: { type: "value", min: 0, minInterval: unit ? 0 : 1, axisLabel: { color: text, formatter: `{value}${unit}` }, splitLine: { lineStyle: { color: line } } },
    series: series.map((each) => ({
      type: kind, name: each.name, data: each.data, symbol: "none", barMaxWidth: 28,
      color: each.before ? token("--ax-line-strong") : each.tone ? token(`--ax-${each.tone}`) : accent,
      lineStyle: { width: 2, type: each.before ? "dashed" : "solid" },
      endLabel: { show: isNamed && kind === "line", formatter: "{a}", color: text },
      markLine: target === null || each.before ? undefined : { silent: true, symbol: "none", label: { formatter: `${target}${unit}`, color: text }, lineStyle: { color: token("--ax-soon"), type: "dashed" }, data: [{ yAxis: target }] },
    })),
  };
}
