-- GetItem or PutItem on items of about 300 bytes; the target's name is in the environment: BENCH_OPERATION.
local operation = os.getenv("BENCH_OPERATION")
local keys = 1000

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.headers["X-Amz-Target"] = "DynamoDB_20120810." .. operation
wrk.headers["X-Amz-Date"] = "20260101T000000Z"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, " ..
  "SignedHeaders=host;x-amz-date, Signature=" .. string.rep("0", 64)

local function body(key)
  if operation == "GetItem" then
    return string.format('{"TableName":"bench","Key":{"id":{"S":"%d"}}}', key)
  end
  return string.format('{"TableName":"bench","Item":{"id":{"S":"%d"},"name":{"S":"%s"},"city":{"S":"%s"},' ..
    '"age":{"N":"%d"},"active":{"BOOL":true},"tags":{"L":[{"S":"one"},{"S":"two"}]}}}',
    key, string.rep("n", 60), string.rep("c", 90), key % 100)
end

-- Formatted once: wrk shall not be what is measured.
local requests = {}
function init(arguments)
  for key = 1, keys do
    requests[key] = wrk.format(nil, "/", nil, body(key))
  end
end

local next_key = 0
function request()
  next_key = next_key % keys + 1
  return requests[next_key]
end

-- One line that the caller reads: requests per second, median in milliseconds, answers that were not 200.
function done(summary, latency)
  io.write(string.format("RESULT %f %f %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, summary.errors.status + summary.errors.read + summary.errors.write +
    summary.errors.timeout))
end
