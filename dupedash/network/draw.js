// Draws a graph of groups with vis-network; the dashboard's component and the standalone file share it.
//
//   dupedashDraw(vis, host, {nodes, edges, options}, {select, open}, sprite) -> {destroy, fit, focus, save, …}
//
// host    an element; it gets a canvas and a tooltip. All texts are set as text, never as HTML.
// select  called with a node (or null) on a click; open with a node on a double click.
// sprite  the address of the picture with all thumbnails; until it is there each is a soft rectangle.
function dupedashDraw(vis, host, data, on, sprite) {
  const BOX = { width: 84, height: 68 };   // as in sprite.py: what each picture is fitted into
  const REACH = 14;        // pixels: a click that misses a tiny dot by less still means it
  const NAME = 11.5;       // pixels of a name on the screen, as large as the rest of the page says things
  const ROOM = 106;        // width of a name in the drawing: neighbours are 120 apart
  const LARGEST = 26;      // the same at most in the drawing: the picture below begins then
  const LEGIBLE = 34;      // pixels: narrower names are not drawn
  const BOTH_ENDS = 11;    // letters of a name; of fewer an ending would take the half
  const SAVED = 3200;      // pixels of the long side of a saved picture: a slide on a 4K screen
  host.replaceChildren();
  const canvas = host.appendChild(document.createElement("div"));
  canvas.className = "dd-canvas";
  const tip = host.appendChild(document.createElement("div"));
  tip.className = "dd-tip";
  tip.hidden = true;

  const style = getComputedStyle(host);
  const ink = style.getPropertyValue("--dd-ink").trim() || "#31333f";
  const accent = style.getPropertyValue("--dd-accent").trim() || "#2563eb";
  const soft = style.getPropertyValue("--dd-dot").trim() || "#7a869a";
  const ground = style.backgroundColor;
  const sheet = new Image();
  const byId = new Map(data.nodes.map((node) => [node.id, node]));

  // A picture as large as it fits into its box, whatever its form, and its name below.
  function sized(node) {
    const [, , w, h] = node.cell ?? [0, 0, 1, 1], scale = Math.min(BOX.width / w, BOX.height / h);
    return node.cell ? { width: w * scale, height: h * scale } : { width: 20, height: 20 };
  }
  function paint(ctx, node, scale, chosen) {
    const { width, height } = sized(node), left = node.x - width / 2, top = node.y - height / 2;
    if (!node.cell) {
      ctx.beginPath();
      ctx.arc(node.x, node.y, 10, 0, 2 * Math.PI);
      ctx.fillStyle = chosen ? accent : soft;
      ctx.fill();
    } else if (sheet.complete && sheet.naturalWidth) {
      ctx.drawImage(sheet, ...node.cell, left, top, width, height);
    } else {
      ctx.fillStyle = soft + "40";
      ctx.fillRect(left, top, width, height);
    }
    if (chosen) {
      ctx.strokeStyle = accent;
      ctx.lineWidth = 3 / scale;
      ctx.strokeRect(left, top, width, height);
    }
    if (ROOM * scale >= LEGIBLE) name(ctx, node, node.y + height / 2, scale);
  }
  function name(ctx, node, under, scale) {
    const size = Math.min(NAME / scale, LARGEST);
    ctx.font = size + "px system-ui, sans-serif";
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    const text = short(ctx, node.label, size);
    ctx.strokeStyle = ground;
    ctx.lineWidth = 3 / scale;
    ctx.strokeText(text, node.x, under + 2 / scale);
    ctx.fillStyle = ink;
    ctx.fillText(text, node.x, under + 2 / scale);
  }

  // As much of a name as there is room for: of a short one its beginning, of a longer one both ends.
  const shortened = new Map();
  function short(ctx, label, size) {
    const key = size.toFixed(1) + label, known = shortened.get(key);
    if (known !== undefined) return known;
    let text = label;
    for (let letters = label.length - 1; letters > 2 && ctx.measureText(text).width > ROOM; letters--) {
      const end = letters > BOTH_ENDS ? Math.floor(letters / 2) : 0;
      text = label.slice(0, letters - end) + "…" + label.slice(label.length - end);
    }
    shortened.set(key, text);
    return text;
  }

  const shown = data.nodes.map((node) => ({
    id: node.id, x: node.x, y: node.y, shape: "custom", family: node.group,
    ctxRenderer: ({ ctx, state }) => ({
      drawNode() { paint(ctx, node, net.getScale(), state.selected || state.hover); },
      nodeDimensions: sized(node),
    }),
  }));
  const nodes = new vis.DataSet(shown);
  const edges = new vis.DataSet(data.edges.map((edge, id) => ({
    ...edge, id, title: undefined, dashes: edge.dashes ? [8, 6] : false,
    width: edge.width / 4, color: { color: edge.color, highlight: edge.color, hover: edge.color },
    label: edge.holding ? edge.score.toFixed(2) : undefined,
    font: { color: ink, size: 13, strokeWidth: 4, strokeColor: ground },
  })));
  const net = new vis.Network(canvas, { nodes, edges }, data.options);
  sheet.onload = () => { host.dataset.pictures = "shown"; net.redraw(); };
  sheet.onerror = () => { host.dataset.pictures = "missing"; };
  if (sprite && data.nodes.some((node) => node.cell)) sheet.src = sprite;

  function say(lines, at) {
    tip.replaceChildren(...lines.map((line) => {
      const row = document.createElement("div");
      row.textContent = line;
      return row;
    }));
    tip.hidden = false;
    const box = host.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(at.x + 12, box.width - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(4, Math.min(at.y + 12, box.height - tip.offsetHeight - 8)) + "px";
  }
  const hide = () => { tip.hidden = true; };
  const where = (event) => ({ x: event.offsetX ?? 0, y: event.offsetY ?? 0 });

  net.on("hoverNode", ({ node, event }) => say([byId.get(node).where], where(event)));
  net.on("hoverEdge", ({ edge, event }) => {
    const link = edges.get(edge);
    const lines = ["score " + link.score.toFixed(2)];
    if (link.why) lines.push(link.why);
    if (link.holding) lines.push("holds the group together: breaks first as the threshold rises");
    if (link.dashes) lines.push("bridge: without it the group falls apart");
    say(lines, where(event));
  });
  for (const quiet of ["blurNode", "blurEdge", "dragStart", "zoom"]) net.on(quiet, hide);

  function nearest(pointer) {
    const at = net.DOMtoCanvas(pointer), reach = REACH / net.getScale();
    let best = null, least = reach;
    for (const node of data.nodes) {
      const far = Math.hypot(node.x - at.x, node.y - at.y);
      if (far < least) { best = node; least = far; }
    }
    return best;
  }
  const hit = (event) => event.nodes.length ? byId.get(event.nodes[0]) : nearest(event.pointer.DOM);
  net.on("click", (event) => {
    const node = hit(event);
    if (node) net.selectNodes([node.id]);
    on?.select?.(node);
  });
  net.on("doubleClick", (event) => { const node = hit(event); if (node) on?.open?.(node); });
  net.once("afterDrawing", () => { host.dataset.drawn = String(data.nodes.length); });

  // The whole drawing on a canvas of its own, as large as a slide.
  function whole() {
    const xs = data.nodes.map((node) => node.x), ys = data.nodes.map((node) => node.y);
    const left = Math.min(...xs) - 70, top = Math.min(...ys) - 60;
    const width = Math.max(...xs) + 70 - left, height = Math.max(...ys) + 70 - top;
    const scale = SAVED / Math.max(width, height), made = document.createElement("canvas");
    made.width = width * scale;
    made.height = height * scale;
    const ctx = made.getContext("2d");
    ctx.fillStyle = ground;
    ctx.fillRect(0, 0, made.width, made.height);
    ctx.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    for (const edge of data.edges) {
      const a = byId.get(edge.from), b = byId.get(edge.to);
      ctx.strokeStyle = edge.color;
      ctx.lineWidth = edge.width / 4;
      ctx.setLineDash(edge.dashes ? [8, 6] : []);
      ctx.beginPath();
      ctx.moveTo(a.x, a.y);
      ctx.lineTo(b.x, b.y);
      ctx.stroke();
    }
    ctx.setLineDash([]);
    for (const node of data.nodes) paint(ctx, node, Math.max(scale, LEGIBLE / ROOM), false);
    return made;
  }

  return {
    destroy() { sheet.onload = sheet.onerror = null; net.destroy(); },
    fit() { net.fit({ animation: { duration: 300 } }); },
    save(called) {
      whole().toBlob((blob) => {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(blob);
        link.download = called;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      });
    },
    focus(member) {
      const node = data.nodes.find((n) => n.member === member);
      if (!node) return false;
      net.selectNodes([node.id]);
      const family = data.nodes.filter((n) => n.group === node.group).map((n) => n.id);
      net.fit({ nodes: family, maxZoomLevel: 1.2, animation: { duration: 300 } });
      return true;
    },
    where(member) {  // on the page, for whoever wants to point at it
      const node = data.nodes.find((n) => n.member === member), box = canvas.getBoundingClientRect();
      const at = net.canvasToDOM(node);
      return { x: box.x + at.x, y: box.y + at.y };
    },
    search(text) {
      const wanted = text.trim().toLowerCase();
      const found = wanted ? data.nodes.filter((n) => n.where.toLowerCase().includes(wanted)) : [];
      net.selectNodes(found.map((n) => n.id));
      if (found.length) net.fit({ nodes: found.map((n) => n.id), maxZoomLevel: 1.2, animation: { duration: 300 } });
      return found.length;
    },
  };
}
