"use strict";
// What the server says is shown as text; only what it has made of its own templates becomes part of the page.
(() => {
  const $ = (id) => document.getElementById(id);
  const shown = new Map(); // pieces of the report, as they came
  const dressed = new Map(); // and as they stand here
  let number = 0, loading = false, again = false, from = "", opened = "";

  function made(name, text, kind) {
    const one = document.createElement(name);
    if (text) one.textContent = text;
    if (kind) one.className = kind;
    return one;
  }

  function parsed(text) {
    return new DOMParser().parseFromString(text, "text/html");
  }

  async function fetched(path, options) {
    const answer = await fetch(path, options);
    const text = await answer.text();
    if (!answer.ok) throw new Error(text.trim() || `answer ${answer.status}`);
    return text;
  }

  // ---- Events ----

  function told(news) {
    const bar = $("live-bar");
    bar.className = news.verdict;
    const title = document.title;
    const words = {
      looking: "looking for the first time", gone: "cannot be looked at",
      holds: `all ${news.checks} checks hold`,
      broken: Object.entries(news.counts).map(([name, count]) => `${count} ${name}`).join(", "),
    };
    $("live-verdict").textContent = `${title}: ${words[news.verdict]}`;
    $("live-at").textContent = news.at ? `looked at ${news.at}` : "";
    said($("live-trouble"), news.trouble);
    said($("live-busy"), news.busy && `another command is at work on the lab: ${news.busy}`);
    $("live-failed").replaceChildren(...news.failed.map(failed));
    if (news.log.length) $("live-log").replaceChildren(...news.log.map(changed));
    if (news.number !== number) {
      number = news.number;
      refresh();
    }
  }

  function said(place, text) {
    place.hidden = !text;
    place.textContent = text;
  }

  function changed(one) {
    const line = made("li");
    line.append(made("time", one.at), made("span", one.kind, `tag ${one.kind.split(" ").pop()}`),
      ` ${one.what}${one.seen ? ": " + one.seen : ""}`);
    return line;
  }

  function failed(one) {
    const line = made("li", `Failed on purpose: ${one.what}`);
    if ($("live-control")) {
      const button = made("button", "Restore");
      button.addEventListener("click", () => order("restore", {target: one.target}, button));
      line.append(button);
    }
    return line;
  }

  const events = new EventSource("events");
  events.addEventListener("message", (event) => told(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    $("live-bar").classList.add("deaf");
    $("live-at").textContent = "l3vpn serve does not answer";
  });

  // ---- The report ----

  async function refresh() {
    again = true;
    if (loading) return;
    loading = true;
    while (again) {
      again = false;
      try {
        put(parsed(await fetched("report")));
      } catch (error) {
        said($("live-trouble"), error.message);
      }
    }
    loading = false;
  }

  function put(report) {
    const place = $("live-report");
    const pieces = [report.querySelector("body > header"), ...report.querySelectorAll("main > section")];
    const keys = new Set();
    let before = null;
    for (const piece of pieces.filter(Boolean)) {
      const key = piece.id || "header", raw = piece.outerHTML;
      keys.add(key);
      let there = [...place.children].find((one) => one.dataset.key === key);
      const typing = there?.contains(document.activeElement) && document.activeElement.type === "search";
      if (shown.get(key) !== raw) {
        const next = document.adoptNode(piece);
        next.dataset.key = key;
        if (there) keep(there, next), there.replaceWith(next);
        there = next;
        shown.set(key, raw);
      }
      if (there.previousElementSibling !== before || !there.isConnected)
        before ? before.after(there) : place.prepend(there);
      before = there;
      if (dressed.get(key) !== there) {
        dressed.set(key, there);
        handier[key]?.(there);
        if (typing) there.querySelector("[type=search]")?.focus();
      }
    }
    for (const one of [...place.children]) if (!keys.has(one.dataset.key)) one.remove(), shown.delete(one.dataset.key);
    dress();
    target();
  }

  // What somebody has opened, switched or scrolled stays so.
  function keep(old, next) {
    const name = (one) => `${one.closest("[id]")?.id} ${one.querySelector("summary")?.textContent}`;
    const open = new Map([...old.querySelectorAll("details")].map((one) => [name(one), one.open]));
    for (const one of next.querySelectorAll("details")) if (open.has(name(one))) one.open = open.get(name(one));
    for (const one of old.querySelectorAll("input[id]")) {
      const box = next.querySelector(`#${CSS.escape(one.id)}`);
      if (box) box.checked = one.checked;
    }
    old.querySelectorAll(".scroll").forEach((one, index) => {
      const other = next.querySelectorAll(".scroll")[index];
      if (other && one.scrollLeft) requestAnimationFrame(() => { other.scrollLeft = one.scrollLeft; });
    });
  }

  // A node of the map is a button, for a keyboard, too.
  function dress() {
    for (const node of document.querySelectorAll("#the-map .map [data-node]")) {
      node.setAttribute("tabindex", "0");
      node.setAttribute("role", "button");
      node.classList.toggle("from", node.dataset.node === from);
    }
  }

  // `:target` is lost where its element came later than the address.
  function target() {
    for (const one of document.querySelectorAll(".way.chosen")) one.classList.remove("chosen", "shown");
    const one = location.hash && $(decodeURIComponent(location.hash.slice(1)));
    if (one && one.classList.contains("way")) one.classList.add("chosen", "shown");
  }
  addEventListener("hashchange", target);

  // ---- The panel ----

  async function panel(path) {
    const place = $("live-piece");
    opened = path;
    place.replaceChildren(made("p", "looking …", "muted"));
    $("live-panel").hidden = false;
    let pieces;
    try {
      pieces = [...parsed(await fetched(path)).body.childNodes];
    } catch (error) {
      pieces = [made("p", error.message, "bad")];
    }
    if (opened !== path) return;
    place.replaceChildren(...pieces.map((one) => document.adoptNode(one)));
    for (const one of place.querySelectorAll(".live-command")) {
      if (!navigator.clipboard) break;
      const button = made("button", "Copy");
      button.addEventListener("click", () => navigator.clipboard.writeText(one.querySelector("code").textContent));
      one.append(button);
    }
    for (const one of place.querySelectorAll("[data-from]"))
      one.addEventListener("click", () => { from = one.dataset.from; close(); dress(); });
    for (const one of place.querySelectorAll("[data-trace]"))
      one.addEventListener("click", () => panel(`trace/${one.dataset.trace.split(" ").map(encodeURIComponent).join("/")}`));
    $("live-panel").focus();
  }

  function close() {
    opened = "";
    $("live-panel").hidden = true;
  }

  function chosen(name, role) {
    const path = from && role === "ce" && name !== from
      ? `path/${encodeURIComponent(from)}/${encodeURIComponent(name)}`
      : `node/${encodeURIComponent(name)}`;
    from = "";
    dress();
    panel(path);
  }

  function choose(event) {
    const node = event.target.closest?.("#the-map .map [data-node]");
    if (!node || event.target.closest("a")) return;
    event.preventDefault();
    chosen(node.dataset.node, node.classList.contains("ce") ? "ce" : "");
  }
  document.addEventListener("click", choose);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") choose(event);
    if (event.key === "Escape") { from = ""; close(); dress(); }
  });
  $("live-close").addEventListener("click", close);

  // ---- Control ----

  async function order(verb, words, button) {
    button.disabled = true;
    try {
      const body = JSON.stringify(words), headers = {"content-type": "application/json"};
      $("live-said").textContent = await fetched(verb, {method: "POST", headers, body});
    } catch (error) {
      $("live-said").textContent = error.message;
    }
    button.disabled = false;
  }

  $("live-control")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = {target: $("live-target").value, how: $("live-how").value};
    order("fail", words, event.submitter ?? event.target.querySelector("button"));
  });
})();
