-- One line that servers.wrk reads: requests per second, median and 99th percentile in milliseconds, answers that were
-- not 200, requests.
function done(summary, latency)
  io.write(string.format("RESULT %f %f %f %d %d\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.errors.status + summary.errors.read +
    summary.errors.write + summary.errors.timeout, summary.requests))
end
