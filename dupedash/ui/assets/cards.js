// The members of a group as cards. A click compares the image. All texts are set as text.
const known = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".cards");
  const own = known.get(host) ?? {};
  known.set(host, own);
  own.tell = (id) => setTriggerValue("clicked", id);
  if (own.version === data.version) return;
  own.version = data.version;
  host.replaceChildren(...data.items.map((item) => card(item, own)));
}

function card(item, own) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "card" + (item.compared ? " compared" : "");
  button.title = item.place;
  button.onclick = () => own.tell(item.id);
  const image = document.createElement("img");
  image.loading = "lazy";
  image.alt = item.name;
  image.src = item.url;
  const words = document.createElement("div");
  words.className = "words";
  words.append(part("name", item.name), ...item.lines.map((line) => part("line", line)));
  if (item.mark) words.append(part(item.goes ? "mark goes" : "mark", item.mark));
  button.append(image, words);
  if (item.compared) button.append(part("letter", item.compared));
  return button;
}

function part(name, text) {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = text;
  return element;
}
