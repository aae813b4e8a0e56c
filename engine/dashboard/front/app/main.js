"use strict";
// Which page is shown, the way back, the search above all pages, light and dark.

(() => {
  const { h, href, address, site, load, pages, day, fold } = scoreline;
  const main = document.getElementById("main");
  const places = new Map();
  let shown = location.hash;
  let clicked = false;
  let turn = 0;

  function begin() {
    document.getElementById("brand").textContent = site.ruleset.name;
    document.getElementById("foot").append(
      `${site.ruleset.name} ${site.ruleset.version} · as of ${day(site.seconds)} · made by Scoreline ${site.scoreline} `,
      h("code", { title: site.ruleset.fingerprint }, site.ruleset.fingerprint.slice(0, 19)));
    theme();
    search();
    document.addEventListener("click", (event) => { if (event.target.closest("a[href^='#']")) clicked = true; });
    window.addEventListener("hashchange", () => show());
    window.addEventListener("beforeprint", () => document.querySelectorAll("details:not(.numbers)").forEach((each) => { each.open = true; }));
    if ("scrollRestoration" in history) history.scrollRestoration = "manual";
    show();
  }

  function nav() {
    const { page } = address();
    const current = { account: "accounts", person: "people" }[page] ?? page;
    const { account, lead } = site.levels;
    const items = [["overview", "Overview"], account.count && ["accounts", "Accounts"], lead.count && ["people", "People"],
      ["model", "Model"], site.backtest && ["backtest", "Backtest"]].filter(Boolean);
    document.getElementById("nav").replaceChildren(...items.map(([name, title]) =>
      h("a", { href: href(name), "aria-current": name === current ? "page" : null }, title)));
  }

  // --- pages ---------------------------------------------------------------------------------------------------------

  async function show() {
    const mine = ++turn;
    places.set(shown, window.scrollY);
    const isBack = !clicked;
    clicked = false;
    shown = location.hash;
    const { page, names } = address();
    nav();
    let made;
    try {
      made = await (pages[page] ?? nowhere)(names);
    } catch (error) {
      made = { title: "Something is missing", content: [h("h1", "Something is missing"), h("p.lead", error.message)] };
    }
    if (mine !== turn) return;
    document.title = `${made.title} · ${site.ruleset.name}`;
    main.replaceChildren();
    append(main, made.content);
    reachable();
    scoreline.forget();
    shown = location.hash;
    if (mine > 1) main.focus({ preventScroll: true });
    const target = made.anchor && document.getElementById(made.anchor);
    if (target) reveal(target);
    else window.scrollTo(0, isBack ? places.get(shown) ?? 0 : 0);
  }

  function append(place, content) {
    for (const each of content.flat(Infinity)) if (each) place.append(each);
  }

  /** What is wider than its place can be scrolled with the keyboard, too, where nothing in it takes the focus. */
  function reachable() {
    for (const each of main.querySelectorAll(".wide")) {
      if (each.scrollWidth <= each.clientWidth || each.querySelector("a, button")) continue;
      each.tabIndex = 0;
      each.setAttribute("role", "group");
      each.setAttribute("aria-label", each.closest("section")?.querySelector("h2")?.textContent ?? "Table");
    }
  }

  function reveal(target) {
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    target.scrollIntoView({ block: "start" });
    target.classList.add("target");
  }

  const nowhere = () => ({ title: "Not here", content: [h("h1", "Not here"), h("p.lead", "There is no such page."), h("p", h("a", { href: href("overview") }, "To the overview"))] });

  // --- the search ----------------------------------------------------------------------------------------------------

  function search() {
    const form = document.getElementById("search");
    const field = form.querySelector("input");
    const list = document.getElementById("found");
    let asked = 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      list.querySelector("a")?.click();
    });
    field.addEventListener("input", suggest);
    form.addEventListener("keydown", step);
    document.addEventListener("click", (event) => { if (!form.contains(event.target)) close(); });

    async function suggest() {
      const mine = ++asked;
      const sought = fold(field.value.trim());
      if (!sought) return close();
      const [accounts, people] = [await load("accounts"), await load("people")];
      if (mine !== asked) return;
      const companies = first(accounts, sought, 6).map(([id, name]) => link(href("account", [id]), name ?? id, "account"));
      const persons = first(people, sought, 6).map(([id, name, , owner]) => link(href("person", [owner ?? "", id]), name ?? id, owner ?? "person"));
      const all = [...companies, ...persons];
      list.replaceChildren(...(all.length ? all : [h("p.empty", "Nobody and nothing of that name.")]));
      list.hidden = false;
    }

    function link(where, name, what) {
      return h("a", { href: where, role: "option", onclick: () => { close(); field.value = ""; } }, h("span", name), h("span.how", what));
    }

    function close() {
      list.hidden = true;
    }

    function step(event) {
      if (event.key === "Escape") close();
      const way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!way || list.hidden) return;
      event.preventDefault();
      const items = [field, ...list.querySelectorAll("a")];
      items[(items.indexOf(document.activeElement) + way + items.length) % items.length].focus();
    }
  }

  /** The first that have the text in their id or name: those that begin with it before the others. */
  function first(rows, sought, most) {
    const begins = [], holds = [];
    for (const row of rows) {
      const [id, name] = [fold(row[0]), row[1] === null ? "" : fold(row[1])];
      if (id.startsWith(sought) || name.startsWith(sought)) begins.push(row);
      else if (holds.length < most && (id.includes(sought) || name.includes(sought))) holds.push(row);
      if (begins.length >= most) break;
    }
    return [...begins, ...holds].slice(0, most);
  }

  // --- light and dark ------------------------------------------------------------------------------------------------

  function theme() {
    const button = document.getElementById("theme");
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
    const name = () => {
      button.textContent = isDark() ? "☀" : "☾";
      button.setAttribute("aria-label", isDark() ? "Show it light" : "Show it dark");
      button.title = button.getAttribute("aria-label");
    };
    button.addEventListener("click", () => {
      document.documentElement.dataset.theme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("scoreline theme", document.documentElement.dataset.theme);
      } catch { /* then it is forgotten */ }
      name();
    });
    system.addEventListener("change", name);
    name();
  }

  begin();
})();
