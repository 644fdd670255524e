// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { getJSON, Unauthorized } from "./api.js";
import { byId, make, time } from "./dom.js";
import { explanationOf, isExplained } from "./explanation.js";

let selected = null;

/** The id of the agent whose history is open, or `null`. */
export const selectedAgent = () => selected;

const HISTORY_PAGE = 50;
const KIND_TONES = { event: "calm", decision: "violet", call: "info", observation: "good", guard: "warn" };
const steps = { entries: [], next: undefined, timer: 0, busy: false, explained: [] };

/** Opens the side panel on an agent. */
export function openHistory(id, name) {
  selected = id;
  byId("panel").hidden = false;
  steps.entries = [];
  steps.next = undefined;
  steps.explained = [];
  byId("panel-title").textContent = name ?? "Agent";
  byId("panel-id").textContent = id;
  byId("history").replaceChildren();
  byId("panel").scrollTop = 0;
  byId("panel-title").focus({ preventScroll: true });
  loadHistory();
}

export function closeHistory() {
  selected = null;
  byId("panel").hidden = true;
}

export const loadOlder = () => loadHistory(steps.next);

const sameEntry = (a, b) => a.at === b.at && a.kind === b.kind && a.summary === b.summary;

/** The newest page, put before what is there; with a cursor the next older one, put after it. */
async function loadHistory(cursor) {
  const id = selected;
  if (!id || (steps.busy && cursor !== undefined)) return;
  steps.busy = true;
  const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  try {
    const page = await getJSON(`/v1/agents/${encodeURIComponent(id)}/history?limit=${HISTORY_PAGE}${query}`);
    if (selected !== id) return;
    if (cursor !== undefined) {
      steps.entries.push(...page.entries);
      steps.next = page.next;
      byId("history").append(...page.entries.map(entryOf));
    } else {
      const newest = steps.entries[0];
      const known = newest ? page.entries.findIndex((entry) => sameEntry(entry, newest)) : -1;
      if (known >= 0) {
        const fresh = page.entries.slice(0, known);
        steps.entries.unshift(...fresh);
        byId("history").prepend(...fresh.map(entryOf));
      } else {
        steps.entries = page.entries;
        steps.next = page.next;
        steps.explained = [];
        byId("history").replaceChildren(...page.entries.map(entryOf));
        // What everybody comes for: why the status is as it is.
        const newest = steps.explained[0];
        if (newest) newest.element.open = true;
      }
    }
    // The calls that follow a decision come after it.
    for (const explained of steps.explained) if (explained.element.open) fill(explained);
    noteHistory(steps.entries.length ? "" : "Nothing has happened yet.");
  } catch (error) {
    if (selected === id && !(error instanceof Unauthorized)) noteHistory(error.message);
  } finally {
    steps.busy = false;
    byId("history-more").hidden = steps.next === undefined;
  }
}

function noteHistory(text) {
  byId("history-note").hidden = !text;
  byId("history-note").textContent = text;
}

/** Reads what is new, at most once a second. */
export function refreshHistorySoon() {
  if (steps.timer) return;
  steps.timer = setTimeout(() => { steps.timer = 0; loadHistory(); }, 1000);
}

function entryOf(entry) {
  const item = make("li", { data: { kind: entry.kind } },
    make("div", { className: "head" },
      make("span", { className: "badge", data: { tone: KIND_TONES[entry.kind] ?? "calm" } }, entry.kind), time(entry.at)),
    make("p", {}, entry.summary));
  if (isExplained(entry)) {
    const body = make("div", { className: "explanation" });
    const element = make("details", {}, make("summary", {}, "Why"), body);
    const explained = { element, body, entry, shown: "" };
    // Filled when it is opened: a page of history may have thousands of lines about rules.
    element.addEventListener("toggle", () => { if (element.open) fill(explained); });
    steps.explained.push(explained);
    item.append(element);
  }
  if (entry.detail && Object.keys(entry.detail).length) {
    item.append(make("details", {}, make("summary", {}, "JSON"), make("pre", {}, JSON.stringify(entry.detail, null, 2))));
  }
  return item;
}

/** Draws an explanation anew only when it says something else, so that nothing moves under whoever reads it. */
function fill(explained) {
  const followed = steps.entries.filter(({ detail }) => detail?.wish !== undefined && detail.wish === explained.entry.detail.wish);
  const shown = `${followed.length}`;
  if (explained.shown === shown) return;
  explained.shown = shown;
  explained.body.replaceChildren(...explanationOf(explained.entry, steps.entries));
}
