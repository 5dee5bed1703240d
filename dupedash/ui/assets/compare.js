// Two pictures registered on one another: side by side with what is shared outlined, a slider between them,
// a flip, and a difference picture. Everything is drawn from the two picture URLs and six numbers that take
// a point of A's unit square to B's.
const known = new WeakMap();
const STRENGTH = 2.2;  // differences are shown so many times as strong as they are
const FLIP_MS = 700;
const PIXELS = 8;  // times as large as at 100 % at the second click: each pixel is seen as a square

export default function ({ data, parentElement }) {
  const host = parentElement.querySelector(".compare");
  const own = known.get(host) ?? {};
  known.set(host, own);
  const version = JSON.stringify(data);
  if (own.version === version) return own.stop;
  own.stop?.();
  own.version = version;
  delete host.dataset.drawn;
  Promise.all([load(data.a.url), load(data.b.url)]).then(([a, b]) => {
    if (own.version !== version) return;
    const show = { side, slider, flip, difference }[data.mode] ?? side;
    own.stop = show(host, { ...data, imageA: a, imageB: b }) ?? (() => {});
    host.dataset.drawn = data.mode;
  }, () => note(host, "A picture cannot be shown: its file is gone or cannot be read."));
  return () => { own.stop?.(); own.version = null; };
}

function load(url) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = url;
  });
}

// --- geometry, in unit squares ---
const through = (m, [x, y]) => [m[0] * x + m[1] * y + m[2], m[3] * x + m[4] * y + m[5]];
const SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]];

function inverse([a, b, c, d, e, f]) {
  const det = a * e - b * d;
  return [e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det];
}

// A on a canvas that shows B: what of A lies outside B is cut off.
function drawRegistered(context, image, m, width, height) {
  const [w, h] = [image.naturalWidth, image.naturalHeight];
  context.save();
  context.setTransform(m[0] * width / w, m[3] * height / w, m[1] * width / h, m[4] * height / h, m[2] * width, m[5] * height);
  context.drawImage(image, 0, 0);
  context.restore();
}

// --- the four ways to look ---
function side(host, data) {
  const left = framed(data.imageA, data.a, "A"), right = framed(data.imageB, data.b, "B");
  if (data.affine) {
    if (data.croppedA) outline(left.lines, SQUARE.map((p) => through(inverse(data.affine), p)), "shared");
    if (data.croppedB) outline(right.lines, SQUARE.map((p) => through(data.affine, p)), "shared");
  }
  for (const [x0, y0, x1, y1] of data.residual) outline(right.lines, [[x0, y0], [x1, y0], [x1, y1], [x0, y1]], "edit");
  const pair = element("div", "pair"), caption = element("div", "caption");
  pair.append(left.box, right.box);
  host.replaceChildren(pair, caption);
  enlarge(left, right, data, caption);
}

// A click shows both originals at the same place pixel by pixel, a second one each pixel as a square; moving over
// one picture moves the other along.
function enlarge(left, right, data, caption) {
  const affine = data.affine ?? [1, 0, 0, 0, 1, 0];
  let step = 0, scale = 1;
  const turn = (by) => {
    step = (step + by) % 3;
    const whole = Math.max(left.shown.naturalWidth, right.shown.naturalWidth) / left.holder.clientWidth;
    scale = [1, Math.max(1.5, whole), Math.max(1.5, whole) * PIXELS][step];
    const percent = Math.round(100 * scale / whole);
    caption.textContent = step ? `The originals at ${percent} %. Move to look around, click for ${step < 2 ? "more" : "the whole"}.`
      : "Click to see both originals at the same place, pixel by pixel.";
    for (const [part, what] of [[left, data.a], [right, data.b]]) {
      part.holder.classList.toggle("pixels", step === 2);
      if (step) original(part, what, () => turn(0));
    }
  };
  turn(0);
  const show = (event, from, there) => {
    const frame = from.holder.getBoundingClientRect();
    const at = [(event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height];
    for (const [part, [x, y]] of [[from, at], [from === left ? right : left, through(there, at)]]) {
      part.inner.style.transformOrigin = `${100 * clamp(x)}% ${100 * clamp(y)}%`;
      part.inner.style.transform = step ? `scale(${scale})` : "";
    }
  };
  for (const [from, there] of [[left, affine], [right, inverse(affine)]]) {
    from.holder.onclick = (event) => { turn(1); show(event, from, there); };
    from.holder.onpointermove = (event) => step && show(event, from, there);
  }
}

// The original takes the place of the preview as soon as it is there; `then` the enlargement is its.
function original(part, what, then) {
  if (part.asked) return;
  part.asked = true;
  load(what.original).then((image) => { part.shown.src = image.src; then(); }, () => {});
}

const clamp = (value) => Math.max(0, Math.min(1, value));

function slider(host, data) {
  const stage = stageOf(host, data), range = element("input", "range");
  Object.assign(range, { type: "range", min: 0, max: 1000, value: 500 });
  range.setAttribute("aria-label", "Share of A");
  const line = element("div", "line");
  const move = () => {
    const share = range.value / 10;
    stage.top.style.clipPath = `inset(0 ${100 - share}% 0 0)`;
    line.style.left = share + "%";
  };
  range.oninput = move;
  range.onkeydown = (event) => event.stopPropagation();  // here the arrow keys do not go to another group
  range.onpointerup = () => range.blur();  // who drags it has the keys of the page again
  stage.box.append(line, range);
  stage.caption.textContent = "A is left of the line, B right of it. Drag, or use the arrow keys.";
  move();
}

function flip(host, data) {
  const stage = stageOf(host, data);
  let seen = true, held = false;
  const turn = () => {
    seen = !seen;
    stage.top.style.visibility = seen ? "visible" : "hidden";
    stage.caption.textContent = `Now ${seen ? "A" : "B"}. Hover to hold, click to change by hand.`;
  };
  stage.box.onmouseenter = () => { held = true; };
  stage.box.onmouseleave = () => { held = false; };
  stage.box.onclick = turn;
  turn();
  const timer = setInterval(() => held || turn(), FLIP_MS);
  return () => clearInterval(timer);
}

function difference(host, data) {
  const stage = stageOf(host, data);
  const [width, height] = [stage.top.width, stage.top.height];
  const one = stage.top.getContext("2d").getImageData(0, 0, width, height);
  const two = stage.bottom.getContext("2d").getImageData(0, 0, width, height);
  stage.top.getContext("2d").putImageData(differing(one, two), 0, 0);
  stage.caption.textContent = "Dark: the same. Bright: differs. Grey stripes: not part of both.";
}

function differing(one, two) {
  const out = new ImageData(one.width, one.height);
  for (let at = 0; at < out.data.length; at += 4) {
    const stripe = ((at / 4) % one.width + Math.floor(at / 4 / one.width)) % 12 < 6 ? 96 : 112;
    for (let c = 0; c < 3; c++) {
      const gap = Math.abs(one.data[at + c] - two.data[at + c]) * STRENGTH;
      out.data[at + c] = one.data[at + 3] < 128 ? stripe : gap;
    }
    out.data[at + 3] = 255;
  }
  return out;
}

// B below, A registered on it above; both are canvases of B's size.
function stageOf(host, data) {
  const [w, h] = [data.imageB.naturalWidth, data.imageB.naturalHeight];
  const scale = Math.min(1, 1100 / Math.max(w, h));
  const [width, height] = [Math.round(w * scale), Math.round(h * scale)];
  const box = element("div", "stage"), caption = element("div", "caption");
  const [bottom, top] = [element("canvas", "bottom"), element("canvas", "top")];
  for (const canvas of [bottom, top]) Object.assign(canvas, { width, height });
  bottom.getContext("2d").drawImage(data.imageB, 0, 0, width, height);
  drawRegistered(top.getContext("2d", { willReadFrequently: true }), data.imageA, data.affine ?? [1, 0, 0, 0, 1, 0], width, height);
  box.append(bottom, top);
  host.replaceChildren(box, caption);
  return { box, bottom, top, caption };
}

function framed(image, what, letter) {
  const box = element("figure", "frame"), holder = element("div", "holder"), inner = element("div", "inner");
  const words = element("figcaption", "caption");
  const shown = image.cloneNode();
  shown.alt = what.name;
  const lines = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  lines.setAttribute("viewBox", "0 0 1 1");
  lines.setAttribute("preserveAspectRatio", "none");
  inner.append(shown, lines);
  holder.append(inner);
  words.textContent = `${letter} · ${what.name}`;
  box.append(holder, words);
  return { box, holder, inner, lines, shown };
}

function outline(lines, points, name) {
  const polygon = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
  polygon.setAttribute("points", points.map((p) => p.map((v) => v.toFixed(4)).join(",")).join(" "));
  polygon.setAttribute("class", name);
  lines.append(polygon);
}

function note(host, text) {
  const words = element("div", "caption");
  words.textContent = text;
  host.replaceChildren(words);
}

function element(tag, name) {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
