// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

import { call, getJSON, pause, Unauthorized } from "./api.js";
import { byId, toast } from "./dom.js";

const POLL_SECONDS = 5;
const SILENCE_SECONDS = 45; // three heartbeats

/** Every agent as received, by id. */
export const agents = new Map();

let loaded = false;

/** Whether all agents have been read once. */
export const isLoaded = () => loaded;

/** Called with the id of an agent that changed, or without one after a page of many. */
let changed = () => {};

/** Called with each dead letter that is written. */
let givenUp = () => {};

/** Agents changed by the stream since the running snapshot began: they are newer than what it brings. */
let changedMeanwhile = new Set();

function put(agent) {
  agents.set(agent.id, agent);
  changedMeanwhile.add(agent.id);
  changed(agent.id);
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
    changed();
  } while (cursor !== undefined);
  for (const id of agents.keys()) if (!seen.has(id) && !changedMeanwhile.has(id)) agents.delete(id);
  loaded = true;
  changed();
}

/** Calls what `handlers` has for the name of each event, until the stream ends, breaks or falls silent. */
async function readStream(answer, handlers, controller) {
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
      const name = lines.find((line) => line.startsWith("event: "))?.slice(7);
      if (!Object.hasOwn(handlers, name ?? "")) continue;
      const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6)).join("\n");
      handlers[name](JSON.parse(data));
    }
  }
}

/** Streams while it can; in between, polls. */
export async function follow(onChange, onDeadLetter) {
  changed = onChange;
  givenUp = onDeadLetter;
  for (;;) {
    const controller = new AbortController();
    try {
      const answer = await call("/v1/stream", { signal: controller.signal });
      const reading = readStream(answer, { agent: put, deadLetter: givenUp }, controller);
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
