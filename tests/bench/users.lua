-- Signs people up, one per request, without passwords: hashing one is slow on purpose. The environment says to which
-- app client (BENCH_CLIENT) and how many requests came before (BENCH_FIRST).
dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
wrk.headers["X-Amz-Target"] = "AWSCognitoIdentityProviderService.SignUp"

local client = os.getenv("BENCH_CLIENT")
local number = tonumber(os.getenv("BENCH_FIRST"))

function request()
  number = number + 1
  return wrk.format(nil, "/", nil, string.format('{"ClientId":"%s","Username":"person%d@example.com"}', client, number))
end
