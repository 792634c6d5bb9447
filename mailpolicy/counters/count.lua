-- Calls of one client, carried out in one step. KEYS[1] stands before the name of every key.
-- ARGV: who calls, the number of this batch of calls, the calls as JSON, the seconds a reservation lasts.
--
--   events NAME   sorted set: when, and "amount token"     total NAME    their sum
--   held NAME     hash: message -> "amount ends"           gauge NAME    what it shows
--   message NAME  set: the counters it holds of            client NAME   the number of its last batch
--   added NAME    what was added to a gauge
--
-- Times are those of the callers. Keys that nobody needs any more end by themselves.
-- What somebody else has put into a key makes that one counter unknown: its name is told last.

local prefix, held_seconds = KEYS[1], tonumber(ARGV[4])

-- A batch that its client has given up on may still arrive, after later ones.
local client = prefix .. 'client ' .. ARGV[1]
local number = tonumber(ARGV[2])
if number <= tonumber(redis.call('GET', client) or '0') then
  return {'late'}
end
redis.call('SET', client, ARGV[2], 'EX', 86400)

-- What is wrong with the server as a whole stands in the way of the command above already.
local foreign = {}

local function unless_foreign(work, name, ...)
  local fine, found = pcall(work, name, ...)
  if fine then
    return found
  end
  foreign[name] = true
end

local function whole(value)
  return string.format('%.0f', value)
end

local function key(kind, name)
  return prefix .. kind .. ' ' .. name
end

local function total(name, window, at)
  local events, sum = key('events', name), key('total', name)
  local over, ahead = string.format('%.17g', at - window), string.format('(%.17g', at + window)
  local known = tonumber(redis.call('GET', sum))
  if not known or redis.call('EXISTS', events) == 0 then  -- one of them is lost: it can be worked out
    known = 0
    for _, event in ipairs(redis.call('ZRANGE', events, 0, -1)) do
      known = known + tonumber(string.match(event, '^%d+'))
    end
  end
  -- What lies further ahead than its window was told by a clock that was wrong.
  for _, range in ipairs({{'-inf', over}, {ahead, '+inf'}}) do
    local gone = redis.call('ZRANGEBYSCORE', events, range[1], range[2])
    if #gone > 0 then
      for _, event in ipairs(gone) do
        known = known - tonumber(string.match(event, '^%d+'))
      end
      redis.call('ZREMRANGEBYSCORE', events, range[1], range[2])
      redis.call('SET', sum, whole(known), 'KEEPTTL')
    end
  end
  return known
end

local function of_others(name, message, at)
  local sum, rows = 0, redis.call('HGETALL', key('held', name))
  for row = 1, #rows, 2 do
    local amount, ends = string.match(rows[row + 1], '^(%d+) (.+)$')
    if tonumber(ends) <= at or tonumber(ends) > at + 2 * held_seconds then
      redis.call('HDEL', key('held', name), rows[row])
    elseif rows[row] ~= message then
      sum = sum + tonumber(amount)
    end
  end
  return sum
end

local function shown_or_counted(name, window, message, at)
  if window == 0 then
    local shown = redis.call('GET', key('gauge', name))
    return shown and tonumber(shown) + of_others(name, message, at)
  end
  return total(name, window, at) + of_others(name, message, at)
end

local function in_bounds(...)
  local count = shown_or_counted(...)
  if count and not (count > -1e19 and count < 1e19) then  -- which no number is that is none
    error('no count')
  end
  return count
end

local function used(...)
  return unless_foreign(in_bounds, ...)
end

local function end_hold(name, message)
  redis.call('HDEL', key('held', name), message)
end

local function let_go(message)
  local names = key('message', message)
  for _, name in ipairs(redis.call('SMEMBERS', names)) do
    unless_foreign(end_hold, name, message)
  end
  redis.call('DEL', names)
end

local function hold(name, message, amount, at)
  local lasts = held_seconds * 2  -- by the clock of this host
  local ends = string.format('%.17g', at + held_seconds)
  redis.call('HSET', key('held', name), message, whole(amount) .. ' ' .. ends)
  redis.call('EXPIRE', key('held', name), lasts)
  redis.call('SADD', key('message', message), name)
  redis.call('EXPIRE', key('message', message), lasts)
end

local function add(name, window, amount, at, token)
  -- The token makes it once, however often it is told.
  if window == 0 then
    -- A gauge keeps no events: who was away for longer than a day may add to it twice.
    if redis.call('EXISTS', key('gauge', name)) == 1
        and redis.call('SET', key('added', token .. ' ' .. name), '', 'NX', 'EX', 86400) then
      redis.call('INCRBY', key('gauge', name), whole(amount))
    end
    return
  end
  local known = total(name, window, tonumber(at))
  local events, sum = key('events', name), key('total', name)
  if amount > 0 and redis.call('ZADD', events, 'NX', at, whole(amount) .. ' ' .. token) == 1 then
    redis.call('SET', sum, whole(known + amount))
    redis.call('EXPIRE', events, window + held_seconds)
    redis.call('EXPIRE', sum, window + held_seconds)
  end
end

-- Each of `counters` is {name, window, amount, limit}, each name once but in a reservation.
local verbs = {}

function verbs.read(call)
  local found = {}
  for place, counter in ipairs(call.counters) do
    local count = used(counter[1], counter[2], call.message, tonumber(call.at))
    found[place] = count and whole(count) or false
  end
  return found
end

function verbs.reserve(call)
  local at, amounts = tonumber(call.at), {}
  for _, counter in ipairs(call.counters) do
    amounts[counter[1]] = (amounts[counter[1]] or 0) + counter[3]
  end
  for place, counter in ipairs(call.counters) do
    local name, window, limit = counter[1], counter[2], counter[4]
    if limit ~= 0 and (used(name, window, call.message, at) or 0) + amounts[name] > limit then
      return place
    end
  end
  let_go(call.message)
  for name, amount in pairs(amounts) do
    unless_foreign(hold, name, call.message, amount, at)
  end
  return 0
end

function verbs.settle(call)
  let_go(call.message)
  for _, counter in ipairs(call.counters) do
    unless_foreign(add, counter[1], counter[2], counter[3], call.at, call.token)
  end
  return 0
end

function verbs.release(call)
  let_go(call.message)
  return 0
end

function verbs.set(call)
  for _, counter in ipairs(call.counters) do
    redis.call('SET', key('gauge', counter[1]), whole(counter[3]))
  end
  return 0
end

local answers = {ARGV[2]}
for place, call in ipairs(cjson.decode(ARGV[3])) do
  answers[place + 1] = verbs[call.verb](call)
end
local names = {}
for name in pairs(foreign) do
  names[#names + 1] = name
end
answers[#answers + 1] = names
return answers
