-- Every statement of the contract on nj, help and start, as a line that holds; `same` and `fails` come from the test.
same(type(nj.version), "string"); same(require("nightjar") == nj, true)
for _, name in ipairs{"tensor", "nn", "optim", "data", "metrics", "plot", "autograd", "help"} do same(nj[name] == _G[name], true); same(_G[name] ~= nil, true) end
local before = nj.clock() same(math.type(before), "float"); same(nj.clock() >= before, true)
local memory = nj.memory()
for _, name in ipairs{"tensor", "cached", "peak", "lua"} do same(math.type(memory[name]), "integer"); same(memory[name] >= 0, true) end
local held = tensor.zeros(1000, 1000) same(nj.memory().tensor >= 4000000, true); same(nj.memory().peak >= nj.memory().tensor, true)
held = nil collectgarbage() nj.reset_peak_memory() same(nj.memory().peak < memory.peak + 4000000, true)
local threads = nj.num_threads() same(math.type(threads), "integer"); nj.set_num_threads(1) same(nj.num_threads(), 1); nj.set_num_threads(threads) same(nj.num_threads(), threads)
fails("count must be 1..1024", function() nj.set_num_threads(0) end)
local info = nj.info() same(#info.processor > 0, true); same(info.threads, threads); same(#tostring(info) > 50, true)
local time = nj.timeit(function() return tensor.ones(10):sum() end, {seconds = 0.01}) same(time > 0 and time < 1, true); fails("'f'", function() nj.timeit(3) end)
nj.seed_everything(7) local a, b = tensor.rand(2), math.random() nj.seed_everything(7) same(tensor.rand(2):equal(a), true); same(math.random(), b); same(tensor.initial_seed(), 7)
-- A progress bar for one's own loops
local sum = 0 for i in nj.progress(4, {desc = "four"}) do sum = sum + i end same(sum, 10)
local seen = {} for i, v in nj.progress({"a", "b"}, {desc = "list"}) do seen[i] = v end same(seen, {"a", "b"})
seen = {} for i, v in nj.progress(ipairs{"a", "b"}) do seen[i] = v end same(seen, {"a", "b"})
seen = {} for k, v in nj.progress(pairs{x = 1}) do seen[1] = k .. v end same(seen, {"x1"})
seen = {} for w in nj.progress(("a b"):gmatch("%a"), {desc = "words", total = 2}) do seen[#seen + 1] = w end same(seen, {"a", "b"})
local rows = 0 for x, y in nj.progress(data.DataLoader(data.TensorDataset(tensor.zeros(5, 2), tensor.zeros(5)), {batch_size = 2}), {desc = "batches"}) do rows = rows + #x end same(rows, 5)
for i in nj.progress(3) do break end
for i in nj.progress(0) do same(i, "never") end
fails("Give the list itself", function() for _ in nj.progress(ipairs{1}, {desc = "x"}) do end end)
fails("must not be negative", function() nj.progress(-1) end)
-- Help
help() help(nn.Linear) help "conv" help(tensor.matmul) help(data) help(tensor.zeros(1))
