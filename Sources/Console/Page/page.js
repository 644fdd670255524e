// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors
"use strict";

(() => {
  const PAGE_ROWS = 100;
  const POLL_SECONDS = 5;
  const SILENCE_SECONDS = 45; // three heartbeats
  const TOKEN_KEY = "presence-relay.admin-token";

  const byId = (id) => document.getElementById(id);
  const rowsElement = byId("rows");

  /** An element; children that are text become text nodes, so nothing that comes from outside is ever parsed as HTML. */
  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
      if (value === undefined || value === null) continue;
      if (key === "data") Object.assign(element.dataset, value);
      else if (key in element) element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  // ---------------------------------------------------------------- state

  const agents = new Map(); // id -> agent as received
  const searchText = new WeakMap(); // agent -> lower-case text
  const view = { text: "", state: "all", order: "attention", limit: PAGE_ROWS };
  const rows = new Map(); // id -> row of the table
  const resyncing = new Set();
  let loaded = false;
  let selected = null;
  let token = sessionStorage.getItem(TOKEN_KEY) || "";

  // ---------------------------------------------------------------- API

  class Unauthorized extends Error {}

  let signingIn = null;

  /** Shows the sign-in once, however many requests were refused; resolves when a token has been taken. */
  function signIn() {
    signingIn ??= new Promise((resolve) => {
      const dialog = byId("sign-in");
      const form = byId("sign-in-form");
      const input = byId("token");
      const error = byId("sign-in-error");
      input.value = "";
      error.textContent = token ? "This token is not accepted any more." : "";
      token = "";
      sessionStorage.removeItem(TOKEN_KEY);
      dialog.addEventListener("cancel", (event) => event.preventDefault());
      form.onsubmit = async (event) => {
        event.preventDefault();
        const candidate = input.value.trim();
        if (!/^[\x21-\x7e]+$/.test(candidate)) {
          error.textContent = "A token has no spaces and only plain characters.";
          return;
        }
        try {
          const answer = await fetch("/v1/agents?limit=1", request(candidate));
          if (answer.status === 401) {
            error.textContent = "This token is not accepted.";
            input.select();
            return;
          }
        } catch {
          error.textContent = "The relay does not answer. Try again.";
          return;
        }
        token = candidate;
        sessionStorage.setItem(TOKEN_KEY, candidate);
        input.value = "";
        dialog.close();
        signingIn = null;
        resolve();
      };
      if (!dialog.open) dialog.showModal();
      input.focus();
    });
    return signingIn;
  }

  function request(bearer, options = {}) {
    const headers = { ...options.headers };
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    return { ...options, headers, cache: "no-store", credentials: "omit", redirect: "error" };
  }

  /** Fetches; throws an Error with the problem's detail for anything but 2xx, after sign-in for 401. */
  async function call(path, options) {
    const answer = await fetch(path, request(token, options));
    if (answer.ok) return answer;
    if (answer.status === 401) {
      await signIn();
      throw new Unauthorized("signed in, try again");
    }
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail || problem.title || `The relay answered ${answer.status}.`);
  }

  const getJSON = async (path) => (await call(path)).json();

  const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

  // ---------------------------------------------------------------- live data

  /** Agents changed by the stream since the running snapshot began: they are newer than what it brings. */
  let changedMeanwhile = new Set();

  function put(agent) {
    agents.set(agent.id, agent);
    changedMeanwhile.add(agent.id);
    if (selected === agent.id) refreshHistorySoon();
    schedule();
  }

  async function loadSnapshot() {
    changedMeanwhile = new Set();
    const seen = new Set();
    let cursor;
    do {
      const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await getJSON(`/v1/agents?limit=1000${query}`);
      for (const agent of page.agents) {
        seen.add(agent.id);
        if (!changedMeanwhile.has(agent.id)) agents.set(agent.id, agent);
      }
      cursor = page.next;
      schedule();
    } while (cursor !== undefined);
    for (const id of agents.keys()) if (!seen.has(id) && !changedMeanwhile.has(id)) agents.delete(id);
    loaded = true;
    schedule();
  }

  /** Calls `onAgent` for each event until the stream ends, breaks or falls silent. */
  async function readStream(answer, onAgent, controller) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let buffer = "";
    for (;;) {
      const watchdog = setTimeout(() => controller.abort(), SILENCE_SECONDS * 1000);
      let piece;
      try {
        piece = await reader.read();
      } finally {
        clearTimeout(watchdog);
      }
      if (piece.done) return;
      buffer += piece.value;
      const events = buffer.split("\n\n");
      buffer = events.pop();
      for (const event of events) {
        const lines = event.split("\n");
        if (!lines.includes("event: agent")) continue;
        const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
        onAgent(JSON.parse(data));
      }
    }
  }

  /** Streams while it can; in between, polls. */
  async function follow() {
    for (;;) {
      const controller = new AbortController();
      try {
        const answer = await call("/v1/stream", { signal: controller.signal });
        const reading = readStream(answer, put, controller);
        reading.catch(() => {}); // awaited below; a break during the snapshot is not lost
        await loadSnapshot();
        setLink("live", "Live");
        await reading;
      } catch (error) {
        controller.abort();
        if (error instanceof Unauthorized) continue;
      }
      try {
        await loadSnapshot();
        setLink("polling", `Polling every ${POLL_SECONDS} s`);
      } catch (error) {
        if (error instanceof Unauthorized) continue;
        setLink("offline", "No connection");
      }
      await pause(POLL_SECONDS);
    }
  }

  function setLink(state, text) {
    const link = byId("link");
    if (link.dataset.state === state) return;
    const before = link.dataset.state;
    link.dataset.state = state;
    link.textContent = text;
    if (before !== "connecting") toast(state === "live" ? "Live updates are back." : `${text}.`);
  }

  async function followHealth() {
    for (;;) {
      try {
        const answer = await fetch("/healthz", request(""));
        showHealth(await answer.json());
      } catch {
        showHealth(null);
      }
      await pause(POLL_SECONDS);
    }
  }

  const HEALTH_TONES = { pass: "good", warn: "warn", fail: "bad" };
  const HEALTH_WORDS = { pass: "Healthy", warn: "Warning", fail: "Failing" };

  function showHealth(health) {
    const badge = byId("health-status");
    badge.dataset.tone = health ? HEALTH_TONES[health.status] ?? "calm" : "bad";
    badge.textContent = health ? HEALTH_WORDS[health.status] ?? health.status : "No answer";
    if (!health) return;
    byId("version").textContent = health.version ?? "–";
    const rules = health.rules;
    byId("rules").textContent = rules ? `${rules.count} (${String(rules.version).slice(0, 8)})` : "–";
    byId("rules").title = rules ? String(rules.version) : "";
    byId("mode").textContent = health.mode ?? "–";
    const sections = Object.entries(health.checks ?? {}).map(([name, check]) => {
      const numbers = Object.entries(check.values ?? {}).map(([key, value]) => `${words(key)} ${formatNumber(value)}`);
      return make("section", {},
        make("h3", {}, name, make("span", { className: "badge", data: { tone: HEALTH_TONES[check.status] ?? "calm" } }, check.status)),
        check.message ? make("p", {}, check.message) : null,
        numbers.length ? make("p", {}, numbers.join(" · ")) : null);
    });
    if (health.notReady?.length) {
      sections.unshift(make("section", {}, make("h3", {}, "Takes no events"), make("p", {}, health.notReady.join(", "))));
    }
    byId("health-checks").replaceChildren(...(sections.length ? sections : [make("p", {}, "No checks.")]));
  }

  // ---------------------------------------------------------------- words and times

  const formatNumber = (value) => Number(value).toLocaleString("en-US", { maximumFractionDigits: 1 });
  const words = (name) => String(name).replace(/([a-z])([A-Z])/g, "$1 $2").replace(/_/g, " ").toLowerCase();
  const sentence = (name) => { const text = words(name); return text.charAt(0).toUpperCase() + text.slice(1); };
  const shortId = (id) => (id.length > 13 ? `${id.slice(0, 8)}…` : id);

  function ago(milliseconds) {
    const seconds = Math.round((Date.now() - milliseconds) / 1000);
    if (seconds < -5) return "in the future";
    if (seconds < 2) return "now";
    if (seconds < 60) return `${seconds} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86400)} d ago`;
  }

  function time(text) {
    const at = Date.parse(text);
    if (Number.isNaN(at)) return null;
    return make("time", { className: "minor", dateTime: text, title: new Date(at).toLocaleString(), data: { at: String(at) } }, ago(at));
  }

  function tickTimes() {
    for (const element of document.querySelectorAll("time[data-at]")) {
      const text = ago(Number(element.dataset.at));
      if (element.textContent !== text) element.textContent = text;
    }
  }

  function toast(text) {
    const element = make("div", { className: "toast" }, text);
    byId("toasts").append(element);
    setTimeout(() => element.remove(), 5000);
  }

  // ---------------------------------------------------------------- choosing what to show

  const PROBLEMS = new Set(["failed", "notApplied"]);
  const UNDER_WAY = new Set(["pending", "sent", "accepted"]);
  const FILTERS = [
    { key: "all", label: "Agents", tone: "", test: () => true },
    { key: "wish", label: "With a wish", tone: "", test: (agent) => Boolean(agent.wanted) },
    { key: "confirmed", label: "Confirmed", tone: "good", test: (agent) => agent.delivery?.state === "confirmed" },
    { key: "notApplied", label: "Not applied", tone: "warn", test: (agent) => agent.delivery?.state === "notApplied" },
    { key: "failed", label: "Failed", tone: "bad", test: (agent) => agent.delivery?.state === "failed" },
  ];

  function textOf(agent) {
    let text = searchText.get(agent);
    if (text === undefined) {
      const parts = [
        agent.name, agent.id, agent.presence?.label, agent.presence?.system, agent.presence?.message,
        agent.routingStatus?.status, agent.adherence?.state, agent.adherence?.scheduled, agent.adherence?.actual,
        agent.wanted?.status, agent.wanted?.rule, agent.delivery?.state, agent.delivery?.error?.code,
      ];
      for (const talk of agent.conversations ?? []) {
        parts.push(talk.id, talk.media, talk.state, talk.held ? "held" : "");
        for (const [key, value] of Object.entries(talk.attributes ?? {})) parts.push(`${key}=${value}`);
        for (const [key, value] of Object.entries(talk.customerAttributes ?? {})) parts.push(`${key}=${value}`);
      }
      text = parts.filter(Boolean).join("\n").toLowerCase();
      searchText.set(agent, text);
    }
    return text;
  }

  function rank(agent) {
    const state = agent.delivery?.state;
    if (PROBLEMS.has(state)) return 0;
    if (UNDER_WAY.has(state)) return 1;
    if (agent.wanted) return 2;
    return agent.conversations?.length ? 3 : 4;
  }

  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  function chosen() {
    const filter = FILTERS.find(({ key }) => key === view.state) ?? FILTERS[0];
    const terms = view.text.toLowerCase().split(/\s+/).filter(Boolean);
    const list = [];
    for (const agent of agents.values()) {
      if (!filter.test(agent)) continue;
      if (terms.length) {
        const text = textOf(agent);
        if (!terms.every((term) => text.includes(term))) continue;
      }
      list.push({ agent, rank: view.order === "attention" ? rank(agent) : 0, name: agent.name ?? agent.id });
    }
    list.sort((a, b) => a.rank - b.rank || collator.compare(a.name, b.name) || (a.agent.id < b.agent.id ? -1 : 1));
    return list.map(({ agent }) => agent);
  }

  // ---------------------------------------------------------------- drawing

  let scheduled = false;
  let drawnAt = -Infinity;

  /** At most five drawings a second, however many changes come. */
  function schedule() {
    if (scheduled) return;
    scheduled = true;
    const wait = Math.max(0, drawnAt + 200 - performance.now());
    setTimeout(() => requestAnimationFrame(() => {
      scheduled = false;
      draw();
      drawnAt = performance.now();
    }), wait);
  }

  function draw() {
    drawTiles();
    const list = chosen();
    const shown = list.slice(0, view.limit);
    const keep = new Set(shown.map((agent) => agent.id));
    for (const [id, row] of rows) if (!keep.has(id)) { row.element.remove(); rows.delete(id); }
    let cursor = rowsElement.firstChild;
    for (const agent of shown) {
      let row = rows.get(agent.id);
      if (!row) rows.set(agent.id, row = makeRow(agent.id));
      if (row.agent !== agent) fillRow(row, agent);
      row.element.classList.toggle("selected", agent.id === selected);
      if (row.element === cursor) cursor = cursor.nextSibling;
      else rowsElement.insertBefore(row.element, cursor);
    }
    const rest = list.length - shown.length;
    byId("shown").textContent = loaded ? `${formatNumber(shown.length)} of ${formatNumber(list.length)} shown` : "Loading…";
    byId("more").hidden = rest === 0;
    byId("more").textContent = `Show ${formatNumber(Math.min(rest, PAGE_ROWS))} more`;
    byId("empty").hidden = shown.length > 0 || !loaded;
    byId("empty").textContent = agents.size
      ? "No agent matches the filter."
      : "No agent has been seen yet. They appear with their first event, or after a resync.";
  }

  const tiles = new Map();

  function makeTiles() {
    for (const { key, label, tone } of FILTERS) {
      const count = make("b", {}, "–");
      const tile = make("button", { type: "button", className: "tile", data: { tone } }, count, make("span", {}, label));
      tile.addEventListener("click", () => setFilter(view.state === key ? "all" : key));
      tiles.set(key, { tile, count });
      byId("tiles").append(tile);
    }
  }

  function drawTiles() {
    for (const { key, test } of FILTERS) {
      let count = 0;
      for (const agent of agents.values()) if (test(agent)) count += 1;
      const { tile, count: element } = tiles.get(key);
      element.textContent = loaded || count ? formatNumber(count) : "–";
      tile.dataset.zero = String(count === 0);
      tile.setAttribute("aria-pressed", String(view.state === key));
    }
    byId("only-wish").checked = view.state === "wish";
  }

  function setFilter(state) {
    view.state = state;
    view.limit = PAGE_ROWS;
    draw();
  }

  const COLUMNS = ["Agent", "Presence", "Routing", "Adherence", "Conversations", "Wanted", "Delivery", ""];

  /** The buttons live as long as the row, so that a change does not take the focus away. */
  function makeRow(id) {
    const cells = COLUMNS.map((label) => make("td", { data: { label } }));
    const name = make("button", { type: "button", className: "name" });
    const resync = make("button", { type: "button", className: "quiet" }, "Resync");
    cells[0].append(name, make("div", { className: "mono minor", title: id }, shortId(id)));
    cells[4].classList.add("wide");
    cells[7].append(resync);
    resync.addEventListener("click", (event) => { event.stopPropagation(); resyncAgent(id); });
    const element = make("tr", {}, ...cells);
    element.addEventListener("click", () => { if (!String(getSelection())) select(id); });
    return { element, cells, name, resync, agent: null };
  }

  function fillRow(row, agent) {
    row.agent = agent;
    const name = agent.name ?? agent.id;
    row.name.textContent = name;
    row.name.setAttribute("aria-label", `${name}, show history`);
    row.resync.setAttribute("aria-label", `Resync ${name}`);
    fill(row.cells[1], presenceOf(agent));
    fill(row.cells[2], routingOf(agent));
    fill(row.cells[3], adherenceOf(agent));
    fill(row.cells[4], (agent.conversations ?? []).map(talkOf));
    fill(row.cells[5], wantedOf(agent));
    fill(row.cells[6], deliveryOf(agent));
    drawResync(row, agent.id);
  }

  function fill(cell, children) {
    cell.classList.toggle("blank", children.length === 0);
    cell.replaceChildren(...(children.length ? children : [make("span", { className: "minor" }, "–")]));
  }

  const minor = (...children) => make("div", { className: "minor" }, ...children);

  /** The parts that are there, separated by dots. */
  function joined(...parts) {
    const present = parts.filter(Boolean);
    const separator = () => make("span", { className: "separator" }, " · ");
    return minor(...present.flatMap((part, index) => (index ? [separator(), part] : [part])));
  }

  function presenceOf({ presence, outOfOffice }) {
    const children = [];
    if (presence) {
      const label = presence.label ?? (presence.system ? sentence(presence.system) : "Unknown");
      children.push(make("div", { className: "presence", data: { system: presence.system ?? "" }, title: presence.system }, label));
      const setBy = presence.setBy === "relay" ? "set by relay" : presence.setBy === "other" ? "set by other" : null;
      const when = presence.modifiedAt ? time(presence.modifiedAt) : null;
      if (setBy || when) children.push(joined(setBy, when));
      if (presence.message) children.push(minor(`“${presence.message}”`));
    }
    if (outOfOffice) children.push(make("div", {}, make("span", { className: "badge", data: { tone: "violet" } }, "out of office")));
    return children;
  }

  function routingOf({ routingStatus: routing }) {
    if (!routing) return [];
    return [make("div", {}, sentence(routing.status)), routing.since ? minor(time(routing.since)) : null].filter(Boolean);
  }

  const ADHERENCE = {
    InAdherence: ["good", "In adherence"], OutOfAdherence: ["bad", "Out of adherence"], Explained: ["info", "Explained"],
    Ignored: ["calm", "Ignored"], Unscheduled: ["calm", "Unscheduled"], Unknown: ["calm", "Unknown"],
  };

  function adherenceOf({ adherence }) {
    if (!adherence) return [];
    const [tone, label] = ADHERENCE[adherence.state] ?? ["calm", adherence.state ?? "Unknown"];
    const children = [make("div", {}, make("span", { className: "badge", data: { tone } }, label))];
    if (adherence.scheduled || adherence.actual) {
      children.push(minor(`scheduled ${adherence.scheduled ?? "–"}`), minor(`actual ${adherence.actual ?? "–"}`));
    }
    return children;
  }

  function talkOf(talk) {
    const line = make("div", { className: "talk-line" }, make("b", {}, words(talk.media)));
    line.append(make("span", {}, [talk.direction, talk.state].filter(Boolean).join(", ")));
    if (talk.held) line.append(make("span", { className: "badge", data: { tone: "warn" } }, "held"));
    if (talk.afterCallWork === "pending") line.append(make("span", { className: "badge", data: { tone: "info" } }, "after-call work"));
    const attributes = [
      ...Object.entries(talk.attributes ?? {}).map(([key, value]) => attribute(key, value)),
      ...Object.entries(talk.customerAttributes ?? {}).map(([key, value]) => attribute(`customer.${key}`, value)),
    ];
    return make("div", { className: "talk", title: talk.id }, line, ...attributes);
  }

  const attribute = (key, value) =>
    make("div", { className: "attribute" }, `${key}=`, make("i", {}, String(value)));

  function wantedOf({ wanted }) {
    if (!wanted) return [];
    return [make("div", {}, make("b", {}, wanted.status)), joined(wanted.rule, wanted.since ? time(wanted.since) : null)];
  }

  const DELIVERY = {
    pending: ["info", "pending"], sent: ["info", "sent"], accepted: ["info", "accepted"], confirmed: ["good", "confirmed"],
    notApplied: ["warn", "not applied"], failed: ["bad", "failed"], superseded: ["calm", "superseded"], observed: ["violet", "observed"],
  };

  function deliveryOf({ delivery }) {
    if (!delivery) return [];
    const [tone, label] = DELIVERY[delivery.state] ?? ["calm", delivery.state];
    const attempts = delivery.attempts ? `${delivery.attempts} ${delivery.attempts === 1 ? "attempt" : "attempts"}` : null;
    const children = [make("div", {}, make("span", { className: "badge", data: { tone } }, label))];
    const when = delivery.at ? time(delivery.at) : null;
    if (attempts || when) children.push(joined(attempts, when));
    if (delivery.error) {
      const { code, message, correlationId } = delivery.error;
      const text = message && message !== code ? `${code}: ${message}` : code;
      const title = correlationId ? `${text}\ncorrelation id ${correlationId}` : text;
      children.push(make("div", { className: "failure", title }, text));
    }
    return children;
  }

  // ---------------------------------------------------------------- resync

  function drawResync(row, id) {
    const busy = resyncing.has(id);
    row.resync.disabled = busy;
    row.resync.textContent = busy ? "Reading…" : "Resync";
  }

  async function resyncAgent(id) {
    const name = agents.get(id)?.name ?? shortId(id);
    const redraw = () => { const row = rows.get(id); if (row) drawResync(row, id); };
    resyncing.add(id);
    redraw();
    try {
      const answer = await call("/v1/resync", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ agents: [id] }),
      });
      let job = await answer.json();
      for (let tries = 0; job.state === "running" && tries < 120; tries += 1) {
        await pause(0.5);
        job = await getJSON(`/v1/resyncs/${encodeURIComponent(job.id)}`);
      }
      if (job.state === "running") toast(`The resync of ${name} still runs.`);
      else if (job.state !== "done" || job.failed) toast(`The resync of ${name} failed.`);
      else toast(job.changed ? `${name} was out of date and is right now.` : `${name} was up to date.`);
    } catch (error) {
      if (!(error instanceof Unauthorized)) toast(`Resync of ${name}: ${error.message}`);
    }
    resyncing.delete(id);
    redraw();
  }

  // ---------------------------------------------------------------- history

  const HISTORY_PAGE = 50;
  const KIND_TONES = { event: "calm", decision: "violet", call: "info", observation: "good", guard: "warn" };
  const history = { entries: [], next: undefined, timer: 0, busy: false };

  function select(id) {
    selected = id;
    window.history.replaceState(null, "", id ? `#${encodeURIComponent(id)}` : location.pathname);
    byId("panel").hidden = !id;
    draw();
    if (!id) return;
    history.entries = [];
    history.next = undefined;
    byId("panel-title").textContent = agents.get(id)?.name ?? "Agent";
    byId("panel-id").textContent = id;
    byId("history").replaceChildren();
    byId("panel").scrollTop = 0;
    byId("panel-title").focus({ preventScroll: true });
    loadHistory();
  }

  function closePanel() {
    const row = rows.get(selected);
    select(null);
    row?.name.focus();
  }

  const sameEntry = (a, b) => a.at === b.at && a.kind === b.kind && a.summary === b.summary;

  /** The newest page, put before what is there; with a cursor the next older one, put after it. */
  async function loadHistory(cursor) {
    const id = selected;
    if (!id || (history.busy && cursor !== undefined)) return;
    history.busy = true;
    const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    try {
      const page = await getJSON(`/v1/agents/${encodeURIComponent(id)}/history?limit=${HISTORY_PAGE}${query}`);
      if (selected !== id) return;
      if (cursor !== undefined) {
        history.entries.push(...page.entries);
        history.next = page.next;
        byId("history").append(...page.entries.map(entryOf));
      } else {
        const newest = history.entries[0];
        const known = newest ? page.entries.findIndex((entry) => sameEntry(entry, newest)) : -1;
        if (known >= 0) {
          const fresh = page.entries.slice(0, known);
          history.entries.unshift(...fresh);
          byId("history").prepend(...fresh.map(entryOf));
        } else {
          history.entries = page.entries;
          history.next = page.next;
          byId("history").replaceChildren(...page.entries.map(entryOf));
        }
      }
      noteHistory(history.entries.length ? "" : "Nothing has happened yet.");
    } catch (error) {
      if (selected === id && !(error instanceof Unauthorized)) noteHistory(error.message);
    } finally {
      history.busy = false;
      byId("history-more").hidden = history.next === undefined;
    }
  }

  function noteHistory(text) {
    byId("history-note").hidden = !text;
    byId("history-note").textContent = text;
  }

  function refreshHistorySoon() {
    if (history.timer) return;
    history.timer = setTimeout(() => { history.timer = 0; loadHistory(); }, 1000);
  }

  function entryOf(entry) {
    const item = make("li", { data: { kind: entry.kind } },
      make("div", { className: "head" },
        make("span", { className: "badge", data: { tone: KIND_TONES[entry.kind] ?? "calm" } }, entry.kind), time(entry.at)),
      make("p", {}, entry.summary));
    if (entry.detail && Object.keys(entry.detail).length) {
      item.append(make("details", {}, make("summary", {}, "Details"), make("pre", {}, JSON.stringify(entry.detail, null, 2))));
    }
    return item;
  }

  // ---------------------------------------------------------------- start

  function listen() {
    let announce = 0;
    byId("filter").addEventListener("input", (event) => {
      view.text = event.target.value;
      view.limit = PAGE_ROWS;
      schedule();
      clearTimeout(announce);
      announce = setTimeout(() => { byId("announcement").textContent = byId("shown").textContent; }, 800);
    });
    byId("only-wish").addEventListener("change", (event) => setFilter(event.target.checked ? "wish" : "all"));
    byId("order").addEventListener("change", (event) => { view.order = event.target.value; draw(); });
    byId("more").addEventListener("click", () => { view.limit += PAGE_ROWS; draw(); });
    byId("panel-close").addEventListener("click", closePanel);
    byId("history-more").addEventListener("click", () => loadHistory(history.next));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (byId("health").open) byId("health").open = false;
      else if (selected && !byId("sign-in").open) closePanel();
    });
    document.addEventListener("click", (event) => {
      if (!byId("health").contains(event.target)) byId("health").open = false;
    });
  }

  async function start() {
    makeTiles();
    listen();
    draw();
    setInterval(tickTimes, 1000);
    followHealth();
    follow();
    if (location.hash.length > 1) {
      let id = location.hash.slice(1);
      try { id = decodeURIComponent(id); } catch { return; }
      select(id);
    }
  }

  start();
})();
