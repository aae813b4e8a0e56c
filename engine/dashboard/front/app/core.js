"use strict";
// What all pages share: data that come as scripts, elements whose text is never markup, addresses.

window.scoreline = (() => {
  const given = new Map();
  const waiting = new Map();

  /** Called by each data file. */
  function give(name, value) {
    given.set(name, value);
  }

  /** The value that `data/NAME.js` gives; the file is loaded once. */
  function load(name) {
    if (given.has(name)) return Promise.resolve(given.get(name));
    if (!waiting.has(name)) waiting.set(name, asked(name));
    return waiting.get(name);
  }

  function asked(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const failed = () => {
        waiting.delete(name);
        reject(new Error(`The file data/${name}.js cannot be read. Is the folder complete?`));
      };
      script.onload = () => (given.has(name) ? resolve(given.get(name)) : failed());
      script.onerror = failed;
      script.src = `data/${name}.js`;
      document.head.append(script);
    });
  }

  /** An element: `h("p.note", {title: "…"}, "text", other)`. Texts become text nodes, whatever they say. */
  function h(kind, ...rest) {
    const [tag, ...classes] = kind.split(".");
    const node = document.createElement(tag || "div");
    if (classes.length) node.className = classes.join(" ");
    const options = rest.length && isOptions(rest[0]) ? rest.shift() : {};
    for (const [name, value] of Object.entries(options)) set(node, name, value);
    add(node, rest);
    return node;
  }

  const isOptions = (value) => value && typeof value === "object" && !Array.isArray(value) && !(value instanceof Node);

  function set(node, name, value) {
    if (value === null || value === undefined || value === false) return;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) node.style.setProperty(name, value);
    else node.setAttribute(name, value === true ? "" : value);
  }

  function add(node, children) {
    for (const child of children) {
      if (child === null || child === undefined || child === false) continue;
      if (Array.isArray(child)) add(node, child);
      else node.append(child instanceof Node ? child : String(child));
    }
  }

  /** `#/accounts?stage=MQA` as a path of names and a Map of choices. */
  function address() {
    const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
    const names = path.split("/").map(decoded);
    return { page: names[0] || "overview", names: names.slice(1), choices: new URLSearchParams(query || "") };
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  /** The address of a page. */
  function href(page, names = [], choices = {}) {
    const path = ["#", page, ...names.map(encodeURIComponent)].join("/");
    const kept = Object.entries(choices).filter(([, value]) => value !== "" && value !== null && value !== undefined);
    return kept.length ? `${path}?${new URLSearchParams(kept)}` : path;
  }

  /** By code point, as the files are ordered: other than `<`, which compares halves of rare letters. */
  function compare(left, right) {
    const a = Array.from(left), b = Array.from(right);
    for (let i = 0; i < a.length && i < b.length; i++)
      if (a[i] !== b[i]) return a[i].codePointAt(0) - b[i].codePointAt(0);
    return a.length - b.length;
  }

  return { give, load, known: (name) => given.get(name), h, address, href, compare, pages: {} };
})();
