// Small charts one above the other over one axis of thresholds: bars or a line each, with the threshold, the
// presets and the place where the largest group explodes. Hover reads all values, a click moves the threshold.
const SVG = "http://www.w3.org/2000/svg";
const known = new WeakMap();
const H = 92, GAP = 34, LEFT = 10, RIGHT = 10, TOP = 22, NARROW = 320;

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".curves");
  const own = known.get(host) ?? {};
  known.set(host, own);
  own.tell = (value) => setTriggerValue("picked", value);
  const version = JSON.stringify([data.version, data.marks]);
  if (own.version === version) return;
  own.version = version;
  own.data = data;
  draw(host, own);
  host.dataset.threshold = data.marks[0].at.toFixed(2);
  // Drawn in the pixels that there are, so that the words keep their size in a narrow window.
  own.watch ??= new ResizeObserver(() => own.width !== widthOf(host) && draw(host, own));
  own.watch.observe(host);
}

const widthOf = (host) => Math.max(NARROW, Math.round(host.clientWidth));

function draw(host, own) {
  const { data } = own, height = TOP + data.charts.length * (H + GAP) + 16, W = own.width = widthOf(host);
  const svg = make("svg", { viewBox: `0 0 ${W} ${height}`, role: "img", "aria-label": data.label });
  const x = (t) => LEFT + (W - LEFT - RIGHT) * (t - data.low) / (1 - data.low);
  const bottoms = data.charts.map((_, n) => TOP + (n + 1) * (H + GAP) - GAP + 18);
  data.charts.forEach((chart, n) => svg.append(...drawChart(chart, x, bottoms[n])));
  data.marks.forEach((mark) => svg.append(...drawMark(mark, x, bottoms)));
  for (let t = Math.ceil(data.low * 10) / 10; t <= 1.001; t += 0.1) {
    svg.append(text(x(t), height - 3, t.toFixed(1), "tick", t > 0.95 ? "end" : t < data.low + 0.02 ? "start" : "middle"));
  }
  const line = make("line", { class: "hover", y1: TOP, y2: bottoms.at(-1), visibility: "hidden" });
  const values = data.charts.map((chart, n) => text(W - RIGHT, bottoms[n] - H - 9, "", "value", "end"));
  svg.append(line, ...values);
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * W - LEFT) / (W - LEFT - RIGHT);
    return Math.round((data.low + Math.max(0, Math.min(1, share)) * (1 - data.low)) * 100) / 100;
  };
  const read = (t) => data.charts.forEach((chart, n) => {
    const place = Math.round((t - data.low) / (1 - data.low) * (chart.values.length - 1));
    values[n].textContent = `${t.toFixed(2)}: ${chart.words[Math.max(0, Math.min(chart.words.length - 1, place))]}`;
  });
  svg.onmousemove = (event) => {
    const t = at(event);
    line.setAttribute("x1", x(t));
    line.setAttribute("x2", x(t));
    line.setAttribute("visibility", "visible");
    read(t);
  };
  svg.onmouseleave = () => { line.setAttribute("visibility", "hidden"); read(data.marks[0].at); };
  svg.onclick = (event) => own.tell(at(event));
  read(data.marks[0].at);
  host.replaceChildren(svg);
}

function drawChart(chart, x, bottom) {
  const most = Math.max(1, ...chart.values), y = (v) => bottom - H * v / most;
  const step = (1 - chart.low) / (chart.values.length - 1);
  const parts = [text(LEFT, bottom - H - 9, chart.name, "name", "start"),
    make("line", { class: "axis", x1: LEFT, x2: x(1), y1: bottom, y2: bottom })];
  if (chart.bars) {
    const width = Math.max(2, x(chart.low + step) - x(chart.low) - 1.5);
    return [...parts, ...chart.values.map((v, n) =>
      make("rect", { class: "bar", x: x(chart.low + n * step) - width / 2, y: y(v), width, height: bottom - y(v) }))];
  }
  const points = chart.values.map((v, n) => `${x(chart.low + n * step).toFixed(1)},${y(v).toFixed(1)}`);
  return [...parts,
    make("polygon", { class: "area", points: `${x(chart.low)},${bottom} ${points.join(" ")} ${x(1)},${bottom}` }),
    make("polyline", { class: "curve", points: points.join(" ") })];
}

function drawMark(mark, x, bottoms) {
  const place = x(mark.at), anchor = place > x(1) - 90 ? "end" : "start";
  return [make("line", { class: `mark ${mark.kind}`, x1: place, x2: place, y1: TOP - 8, y2: bottoms.at(-1) }),
    text(place + (anchor === "end" ? -4 : 4), TOP - 10, mark.name, `label ${mark.kind}`, anchor)];
}

function text(x, y, words, name, anchor) {
  const element = make("text", { x, y, class: name, "text-anchor": anchor });
  element.textContent = words;
  return element;
}

function make(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
