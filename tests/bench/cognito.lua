-- One Cognito operation over and over: BENCH_OPERATION, with the body BENCH_BODY.
dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
wrk.headers["X-Amz-Target"] = "AWSCognitoIdentityProviderService." .. os.getenv("BENCH_OPERATION")
wrk.body = os.getenv("BENCH_BODY")
