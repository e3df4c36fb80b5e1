-- Plain GETs with a token.
dofile(os.getenv("BENCH_FOLDER") .. "/result.lua")
wrk.headers["Authorization"] = "sesame"
