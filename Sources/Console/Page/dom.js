// SPDX-License-Identifier: Apache-2.0
// Copyright (c) 2026 the Presence Relay authors

export const byId = (id) => document.getElementById(id);

/** An element; children that are text become text nodes, so nothing that comes from outside is ever parsed as HTML. */
export function make(tag, properties = {}, ...children) {
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

export const formatNumber = (value) => Number(value).toLocaleString("en-US", { maximumFractionDigits: 1 });
export const words = (name) => String(name).replace(/([a-z])([A-Z])/g, "$1 $2").replace(/_/g, " ").toLowerCase();
export const sentence = (name) => { const text = words(name); return text.charAt(0).toUpperCase() + text.slice(1); };
export const shortId = (id) => (id.length > 13 ? `${id.slice(0, 8)}…` : id);

function ago(milliseconds) {
  const seconds = Math.round((Date.now() - milliseconds) / 1000);
  if (seconds < -5) return seconds > -120 ? `in ${-seconds} s` : seconds > -7200 ? `in ${Math.round(-seconds / 60)} min` : `in ${Math.round(-seconds / 3600)} h`;
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

export function time(text) {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  return make("time", { className: "minor", dateTime: text, title: new Date(at).toLocaleString(), data: { at: String(at) } }, ago(at));
}

export function tickTimes() {
  for (const element of document.querySelectorAll("time[data-at]")) {
    const text = ago(Number(element.dataset.at));
    if (element.textContent !== text) element.textContent = text;
  }
}

export function toast(text) {
  const element = make("div", { className: "toast" }, text);
  byId("toasts").append(element);
  setTimeout(() => element.remove(), 5000);
}
