-- Times single operations: nightjar operations.lua [SECONDS] [THOUSANDS], of 1,000 thousand elements
-- unless told otherwise.
-- Prints a line for each: its name and the median time in milliseconds.
local seconds, rows = tonumber(arg[1] or 0.3), math.tointeger(arg[2] or 1000)
local n = rows * 1000
tensor.manual_seed(1)
local x, y, row, column = tensor.randn(rows, 1000), tensor.randn(rows, 1000), tensor.randn(1000), tensor.randn(rows, 1)
local positive, mask, cube = x:abs() + 0.1, x:gt(0), x:reshape(-1, 100, 100)
local v, target, whole, places = tensor.randn(n), tensor.zeros(n), tensor.randint(1, 1000, {n}), tensor.randint(1, n, {n})
local small = tensor.randn(4, 4)

local operations = {
  {"add", function() return x + y end},
  {"add_", function() x:add_(0) end},
  {"add_row", function() return x + row end},
  {"add_column", function() return x + column end},
  {"mul_number", function() return x * 2 end},
  {"div", function() return x / y end},
  {"sqrt", function() return positive:sqrt() end},
  {"pow", function() return positive:pow(2.5) end},
  {"exp", function() return x:exp() end},
  {"log", function() return positive:log() end},
  {"sin", function() return x:sin() end},
  {"tanh", function() return x:tanh() end},
  {"sigmoid", function() return x:sigmoid() end},
  {"erf", function() return x:erf() end},
  {"gelu", function() return x:gelu() end},
  {"silu", function() return x:silu() end},
  {"softplus", function() return x:softplus() end},
  {"gt", function() return x:gt(0) end},
  {"where", function() return tensor.where(mask, x, y) end},
  {"masked_fill", function() return x:masked_fill(mask, 0) end},
  {"sum", function() return x:sum() end},
  {"sum_dim1", function() return x:sum(1) end},
  {"sum_dim2", function() return x:sum(2) end},
  {"var_dim2", function() return x:var(2) end},
  {"norm", function() return x:norm() end},
  {"max_dim1", function() return x:max(1) end},
  {"max_dim2", function() return x:max(2) end},
  {"argmax_dim2", function() return x:argmax(2) end},
  {"logsumexp_dim2", function() return x:logsumexp(2) end},
  {"softmax_dim1", function() return x:softmax(1) end},
  {"softmax_dim2", function() return x:softmax(2) end},
  {"transpose_copy", function() return x:t():contiguous() end},
  {"permute_copy", function() return cube:permute(3, 1, 2):contiguous() end},
  {"cat", function() return tensor.cat{x, y} end},
  {"sort", function() return v:sort() end},
  {"sort_dim2", function() return x:sort(2) end},
  {"sort_int64", function() return whole:sort() end},
  {"topk", function() return v:topk(10) end},
  {"cumsum", function() return v:cumsum(1) end},
  {"cumsum_dim1", function() return x:cumsum(1) end},
  {"gather", function() return v:gather(1, places) end},
  {"index_select", function() return v:index_select(1, places) end},
  {"scatter_", function() target:scatter_(1, places, v) end},
  {"scatter_add_", function() target:scatter_add_(1, places, v) end},
  {"unique", function() return whole:unique() end},
  {"rand", function() return tensor.rand(n) end},
  {"randn", function() return tensor.randn(n) end},
  {"tiny_add", function() for _ = 1, 1000 do local _ = small + small end end, 1000},
}

for _, operation in ipairs(operations) do
  local name, run, times = table.unpack(operation)
  local warm = nj.clock() + seconds  -- until memory is used again rather than taken afresh
  repeat run() until nj.clock() > warm
  local samples, start = {}, nj.clock()
  repeat
    local before = nj.clock()
    run()
    samples[#samples + 1] = (nj.clock() - before) / (times or 1)
  until nj.clock() - start > seconds and #samples >= 5
  table.sort(samples)
  print(string.format("%s %.6f", name, samples[(#samples + 1) // 2] * 1000))
end
