-- Measures one workload in this process: nightjar measure.lua NAME [SECONDS]
-- Prints the median time of a step in milliseconds and the peak resident size in MB.
local name, seconds = arg[1], tonumber(arg[2] or 1)
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
tensor.manual_seed(1)
local workload = dofile(folder .. "/workloads/" .. name .. ".lua")

for _ = 1, workload.repeats do workload.step() end
local samples, start = {}, nj.clock()
repeat
  local before = nj.clock()
  for _ = 1, workload.repeats do workload.step() end
  samples[#samples + 1] = (nj.clock() - before) / workload.repeats
until nj.clock() - start > seconds and #samples >= 5

table.sort(samples)
local peak = 0
for line in io.lines("/proc/self/status") do
  peak = tonumber(line:match("^VmHWM:%s+(%d+)")) or peak
end
print(string.format("%.5f %.1f", samples[(#samples + 1) // 2] * 1000, peak / 1024))
