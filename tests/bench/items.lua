-- One DynamoDB operation over and over; the environment says which and on what:
--   BENCH_OPERATION  GetItem, PutItem, UpdateItem, Query, Page, Scan, BatchWriteItem
--   BENCH_KEYS       how many items there are (1000)
--   BENCH_FIRST      BatchWriteItem: how many requests came before (0)
local operation = os.getenv("BENCH_OPERATION")
local keys = tonumber(os.getenv("BENCH_KEYS") or "1000")
local target = (operation == "Page") and "Query" or operation

dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.headers["X-Amz-Target"] = "DynamoDB_20120810." .. target
wrk.headers["X-Amz-Date"] = "20260101T000000Z"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, " ..
  "SignedHeaders=host;x-amz-date, Signature=" .. string.rep("0", 64)

-- An item of about 300 bytes.
local attributes = string.format('"name":{"S":"%s"},"city":{"S":"%s"},"age":{"N":"41"},"active":{"BOOL":true},' ..
  '"tags":{"L":[{"S":"one"},{"S":"two"}]}', string.rep("n", 90), string.rep("c", 150))

local bodies = {
  GetItem = function(key) return string.format('{"TableName":"bench","Key":{"id":{"S":"%d"}}}', key) end,
  PutItem = function(key) return string.format('{"TableName":"bench","Item":{"id":{"S":"%d"},%s}}', key, attributes) end,
  UpdateItem = function(key)
    return string.format('{"TableName":"bench","Key":{"id":{"S":"%d"}},"UpdateExpression":"SET age = :age",' ..
      '"ConditionExpression":"attribute_exists(id)","ExpressionAttributeValues":{":age":{"N":"%d"}}}', key, key % 90)
  end,
  Query = function(key)
    return string.format('{"TableName":"bench","KeyConditionExpression":"id = :id",' ..
      '"ExpressionAttributeValues":{":id":{"S":"%d"}}}', key)
  end,
  -- All items of one partition of "pages".
  Page = function()
    return '{"TableName":"pages","KeyConditionExpression":"id = :id","ExpressionAttributeValues":{":id":{"S":"1"}}}'
  end,
  -- The first megabyte after some item.
  Scan = function(key)
    return string.format('{"TableName":"bench","ExclusiveStartKey":{"id":{"S":"%d"}}}', key)
  end,
  -- 25 new items.
  BatchWriteItem = function(key)
    local puts = {}
    for i = 1, 25 do
      puts[i] = string.format('{"PutRequest":{"Item":{"id":{"S":"%d"},%s}}}', key * 25 + i, attributes)
    end
    return '{"RequestItems":{"bench":[' .. table.concat(puts, ",") .. "]}}"
  end,
}
local body = bodies[operation]

-- What repeats is formatted once: wrk shall not be what is measured. Of many items a random 20,000 are asked for, more
-- than anybody holds in a cache of hot rows.
local requests = {}
local next_key = tonumber(os.getenv("BENCH_FIRST") or "0")
local repeated = math.min(keys, 20000)

function init(arguments)
  if operation == "BatchWriteItem" then return end
  math.randomseed(1)
  for i = 1, repeated do requests[i] = wrk.format(nil, "/", nil, body(repeated == keys and i or math.random(keys))) end
end

function request()
  next_key = next_key + 1
  if operation == "BatchWriteItem" then return wrk.format(nil, "/", nil, body(next_key)) end
  return requests[next_key % repeated + 1]
end
