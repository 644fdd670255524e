-- SPDX-License-Identifier: Apache-2.0
-- Copyright (c) 2026 the Presence Relay authors
--
-- wrk: POST of one EventBridge-wrapped conversation event (event.json, about 4 KB). From the environment:
--   BODY     the event's template file
--   PATH_GET when set, GET of this path instead
--   LENGTH   when set, so many bytes of anything instead of the event
--   CLOSE    1 = one connection for each request, as EventBridge does
--   UNIQUE   1 = every request has an event id of its own, over AGENTS agents; else all are the same bytes
--   APIKEY   value of X-API-Key
-- Prints a line RESULT with tabs: requests, seconds, p50 ms, p99 ms, p99.9 ms, socket errors, answers of 300 and more.

local started = 0

function setup(thread)
    thread:set("number", started)
    started = started + 1
end

local function fixed()
    local close = os.getenv("CLOSE") == "1" and "Connection: close\r\n" or ""
    local path = os.getenv("PATH_GET")
    if path then return "GET " .. path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\n" .. close .. "\r\n" end
    local length = tonumber(os.getenv("LENGTH") or "")
    if not length then return nil end
    return "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" .. close
        .. "Content-Length: " .. length .. "\r\n\r\n" .. string.rep("x", length)
end

function init(args)
    local all = fixed()
    if all then
        request = function() return all end
        return
    end
    local file = assert(io.open(os.getenv("BODY")))
    local template = file:read("*a"):gsub("%s+$", "")
    file:close()
    local agents = tonumber(os.getenv("AGENTS") or "1000")
    local unique = os.getenv("UNIQUE") == "1"
    -- Apart from those of other runs against the same journal.
    local run = tonumber(os.getenv("RUN") or "0")
    local head = "POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json; charset=utf-8\r\n"
    if os.getenv("CLOSE") == "1" then head = head .. "Connection: close\r\n" end
    if os.getenv("APIKEY") then head = head .. "X-API-Key: " .. os.getenv("APIKEY") .. "\r\n" end

    local function id(kind, value) return string.format("%08x-0000-4000-8000-%012x", kind, value) end

    -- The template cut at its places; every id has 36 characters, so the length never changes.
    local pieces, places, from = {}, {}, 1
    while true do
        local first, last, name = template:find("@(%u+)@", from)
        if not first then break end
        pieces[#pieces + 1] = template:sub(from, first - 1)
        places[#places + 1] = name
        from = last + 1
    end
    pieces[#pieces + 1] = template:sub(from)
    local length = #places * 36
    for _, piece in ipairs(pieces) do length = length + #piece end
    head = head .. "Content-Length: " .. length .. "\r\n\r\n"

    local counter = 0
    local parts = {}
    local function build()
        counter = counter + 1
        local values = {
            EVENT = id(run * 64 + number, counter),
            AGENT = id(1, counter % agents),
            CONVERSATION = id(2, counter % agents),
        }
        parts[1] = head
        for index, name in ipairs(places) do
            parts[2 * index] = pieces[index]
            parts[2 * index + 1] = values[name]
        end
        parts[2 * #places + 2] = pieces[#pieces]
        return table.concat(parts)
    end

    local same = build()
    if unique then
        request = build
    else
        request = function() return same end
    end
end

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        "RESULT\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t%d\n",
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
        latency:percentile(99.9) / 1000,
        errors.connect + errors.read + errors.write + errors.timeout, errors.status
    ))
end
