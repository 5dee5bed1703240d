// Draws a graph of groups with vis-network; the dashboard's component and the standalone file share it.
//
//   dupedashDraw(vis, host, {nodes, edges, options}, {select, open}, sprite) -> {destroy, fit, focus, save, …}
//
// host    an element; it gets a canvas and a tooltip. All texts are set as text, never as HTML.
// select  called with a node (or null) on a click; open with a node on a double click.
// sprite  the address of the picture with all thumbnails; until it is there each is a soft rectangle.
function dupedashDraw(vis, host, data, on, sprite) {
  const BOX = { width: 96, height: 76 };   // as in sprite.py: what each picture is fitted into
  const REACH = 14;        // pixels: a click that misses a tiny dot by less still means it
  const NAME = 11;         // pixels of a name on the screen: the smallest that the pages use
  const ROOM = 114;        // width of each of its two lines in the drawing: neighbours are 120 apart
  const LARGEST = 23;      // height of a line at most in the drawing: the picture below begins then
  const LEGIBLE = 34;      // pixels: narrower names are not drawn
  const BREAKS = /[-_. ]/; // behind these a name goes on in its second line
  const SAVED = 3200;      // pixels of the long side of a saved picture: a slide on a 4K screen
  const ON_SLIDES = 17;    // height of a line there, in the drawing
  const CLOSEST = 1.2;     // how much larger than drawn a few pictures are shown
  const AROUND = { x: 64, above: 46, below: 94 };  // half a picture with its name, and a gap
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
  }
  function name(ctx, node, scale, size) {
    ctx.font = size + "px system-ui, sans-serif";
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    ctx.strokeStyle = ground;
    ctx.lineWidth = 3 / scale;
    ctx.fillStyle = ink;
    lines(ctx, node.label, size).forEach((text, line) => {
      const top = node.y + sized(node).height / 2 + 2 / scale + line * size * 1.05;
      ctx.strokeText(text, node.x, top);
      ctx.fillText(text, node.x, top);
    });
  }

  // A name in one line or two; where even these have no room, it loses letters in its middle.
  const known = new Map();
  function lines(ctx, label, size) {
    const key = size.toFixed(1) + label;
    if (!known.has(key)) known.set(key, wrapped(label, (text) => ctx.measureText(text).width <= ROOM));
    return known.get(key);
  }
  function wrapped(label, fits) {
    for (let letters = label.length; letters > 2; letters--) {
      const end = Math.floor(letters / 2);
      const text = letters === label.length ? label : label.slice(0, letters - end) + "…" + label.slice(-end);
      if (fits(text)) return [text];
      let most = text.length - 1;
      while (most > 1 && !fits(text.slice(0, most))) most--;
      if (!fits(text.slice(most))) continue;
      let at = most;
      while (at > 1 && !(BREAKS.test(text[at - 1]) && fits(text.slice(at)))) at--;
      return at > 1 ? [text.slice(0, at), text.slice(at)] : [text.slice(0, most), text.slice(most)];
    }
    return [label.slice(0, 1) + "…"];
  }

  const shown = data.nodes.map((node) => ({
    id: node.id, x: node.x, y: node.y, shape: "custom", family: node.group,
    ctxRenderer: ({ ctx, state }) => ({
      drawNode() { paint(ctx, node, net.getScale(), state.selected || state.hover); },
      drawExternalLabel() {  // above all pictures
        const scale = net.getScale();
        if (ROOM * scale >= LEGIBLE) name(ctx, node, scale, Math.min(NAME / scale, LARGEST));
      },
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

  function say(lines, at, pictures) {
    tip.replaceChildren(...(pictures ?? []), ...lines.map((line) => {
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

  // As large as the sprite has it.
  function enlarged(node) {
    if (!node.cell || !sheet.naturalWidth) return [];
    const [left, top, width, height] = node.cell, shown = document.createElement("canvas");
    Object.assign(shown, { width, height });
    shown.getContext("2d").drawImage(sheet, left, top, width, height, 0, 0, width, height);
    return [shown];
  }

  net.on("hoverNode", ({ node, event }) => {
    const over = byId.get(node);
    say([over.where], where(event), enlarged(over));
  });
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

  // The place that some pictures take with their names.
  function around(some) {
    const xs = some.map((node) => node.x), ys = some.map((node) => node.y);
    const left = Math.min(...xs) - AROUND.x, top = Math.min(...ys) - AROUND.above;
    return { left, top, width: Math.max(...xs) + AROUND.x - left, height: Math.max(...ys) + AROUND.below - top };
  }
  function fit(some, animation) {
    if (!some.length) return;
    const { left, top, width, height } = around(some);
    const scale = Math.min(CLOSEST, canvas.clientWidth / width, canvas.clientHeight / height);
    net.moveTo({ position: { x: left + width / 2, y: top + height / 2 }, scale, animation });
  }
  fit(data.nodes, false);
  const slowly = { duration: 300 };

  // The whole drawing on a canvas of its own, as large as a slide.
  function whole() {
    const { left, top, width, height } = around(data.nodes);
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
    for (const node of data.nodes) paint(ctx, node, scale, false);
    for (const node of data.nodes) name(ctx, node, scale, ON_SLIDES);
    return made;
  }

  return {
    destroy() { sheet.onload = sheet.onerror = null; net.destroy(); },
    fit() { fit(data.nodes, slowly); },
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
      fit(data.nodes.filter((n) => n.group === node.group), slowly);
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
      fit(found, slowly);
      return found.length;
    },
  };
}
