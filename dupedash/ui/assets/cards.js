// The members of a group as cards. A click compares the image, one on its mark lets it stay or go. All texts
// are set as text.
const known = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".cards");
  const own = known.get(host) ?? {};
  known.set(host, own);
  own.tell = setTriggerValue;
  if (own.version === data.version) return;
  own.version = data.version;
  host.replaceChildren(...data.items.map((item) => card(item, own)));
}

function card(item, own) {
  const box = part("card" + (item.compared ? " compared" : ""));
  box.append(face(item, own));
  if (item.mark) box.append(mark(item, own));
  if (item.compared) box.append(part("letter", item.compared));
  return box;
}

function face(item, own) {
  const button = part("face", "", "button");
  button.type = "button";
  button.title = item.place;
  button.onclick = () => own.tell("clicked", item.id);
  const image = document.createElement("img");
  image.loading = "lazy";
  image.alt = item.name;
  image.src = item.url;
  const words = part("words");
  words.append(part("name", item.name), ...item.lines.map((line) => part("line", line)));
  button.append(image, words);
  return button;
}

function mark(item, own) {
  const kind = item.goes ? "mark goes" : item.unsure ? "mark unsure" : "mark";
  const element = part(kind, item.mark, item.toggles ? "button" : "div");
  if (item.toggles) {
    element.type = "button";
    element.title = item.goes ? "Let it stay" : "Let it go";
    element.onclick = () => own.tell("toggled", item.id);
  }
  return element;
}

function part(name, text = "", tag = "div") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}
