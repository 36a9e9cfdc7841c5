-- Every statement of the contract on tensors, as a line that holds. The test gives `same(actual, expected)`,
-- which compares text, numbers, booleans, tables and tensors, and `fails(text, f)`, which wants an error with that text.
local T = tensor
local function int(t) return T(t, {dtype = "int64"}) end

-- Counting from 1
same(T{3, 9, 2}:argmax():item(), 2)
same(T{3, 9, 2}:argmin():item(), 3)
same(select(2, T{3, 1, 2}:sort()), {2, 3, 1})
same(select(2, T{3, 1, 2}:topk(2)), {1, 3})
same(select(2, T{3, 1, 2}:kthvalue(3)):item(), 1)
same(select(2, T{{3, 1}, {2, 4}}:max(2)), {1, 2})
same(select(2, T{{3, 1}, {2, 4}}:max(-1)), {1, 2})
same(T{{0, 1}, {2, 0}}:nonzero(), {{1, 2}, {2, 1}})
same(T.randperm(4):sort(), {1, 2, 3, 4})
same(T{0, 1, 0}:multinomial(1), {2})
same(T{1, 2, 3}[-1]:item(), 3.0)
fails("index: position 0 of [1]: positions start at 1, and -1 is the last", function() return T{1}[0] end)
fails("sum: argument 1 'dim' is 0, but dimensions start at 1 (and -1 is the last)", function() return T{1}:sum(0) end)
same(T{1, 2, 3, 4}[{{2, 3}}], {2, 3})
same(T.range(1, 4), {1, 2, 3, 4})

-- Pure by default
local x = T{1, 2}
same(x:add(1), {2, 3}); same(x, {1, 2})
same(x:add_(1), {2, 3}); same(x, {2, 3})

-- Functions are methods; operators
same(T.matmul(T.eye(2), T.ones(2, 2)), T.eye(2):matmul(T.ones(2, 2)))
same(T{7, -7} // 2, {3, -4}); same(T{7, -7} % 3, {1, 2}); same(T{2} ^ 3, {8}); same(-T{1}, {-1})
same(2 - T{1}, {1}); same(2 / T{4}, {0.5}); same(2 ^ T{3}, {8}); same(7 // T{2}, {3}); same(7 % T{4}, {3})
same(#T.zeros(3, 2), 3)
fails("tensor.cat", function() return T{1} .. T{2} end)
same(T(2) < 3, true); same(3 < T(2), false); same(T(2) <= T(2), true); same(T{1} == T{1}, true)
fails(":lt", function() return T{1, 2} < 3 end)
fails("a:equal(b)", function() return T{1, 2} == T{1, 2} end)
fails("';'", function() return T{1}(2) end)
same(math.floor(T(2.5):item()), 2)
same(string.rep("a", T(2)), "aa"); same(string.format("%.2f %d", T(2.5), T{3}), "2.50 3"); same(("%s"):format(T(2)), "2  [] float32"); same(math.max(1, T(3)), 3.0); same(math.sqrt(T{4}), 2.0); same(tonumber(T(7)), 7.0)
fails("number expected, got tensor", function() return math.floor(T{1, 2}) end)

-- Iteration
local seen = 0
for i, row in ipairs(T{{1, 2}, {3, 4}}) do seen = seen + row[i]:item() end
same(seen, 5.0)
same(T{1, 2}[3], nil)
fails("position 4", function() return T{1, 2}[4] end)

-- Making
same(T{{1, 2}, {3, 4}, dtype = "int64"}.dtype, "int64")
same(T({1, 2}, {dtype = "float64", requires_grad = true}).requires_grad, true)
same(T(5).shape, {}); same(T{1, 2}.dtype, "float32"); same(T{true}.dtype, "bool")
same(T.zeros(2, 3).shape, {2, 3}); same(T.zeros{2, 3}.shape, {2, 3}); same(T.zeros{2, 3, dtype = "int32"}.dtype, "int32")
same(T.zeros(2, 3, {dtype = "uint8"}).dtype, "uint8")
same(T.ones(2), {1, 1}); same(T.full({2}, 7), {7, 7}); same(T.full({2}, 7).dtype, "float32"); same(T.full({1}, 7, {dtype = "int64"}).dtype, "int64")
same(T.empty(2, 2).shape, {2, 2}); same(T.eye(2), {{1, 0}, {0, 1}}); same(T.eye(1, 2), {{1, 0}})
same(T.range(1, 2, 0.5), {1, 1.5, 2}); same(T.range(3, 1, -1), {3, 2, 1}); same(T.range(1, 3).dtype, "int64"); same(T.range(0, 1, 0.5).dtype, "float32")
fails("a step of 1 does not lead from 3 to 1", function() return T.range(3, 1) end)
same(T.linspace(0, 1, 3), {0, 0.5, 1}); same(T.logspace(0, 2, 3), {1, 10, 100})
same(T.rand(2, 2).shape, {2, 2}); same(T.randn{3}.shape, {3}); same(T.randint(2, 2, {3}), {2, 2, 2})
same(T.bernoulli(T{0, 1}), {0, 1}); same(T.normal(5, 0, {2}), {5, 5}); same(T.normal(T{1, 2}, 0), {1, 2}); same(T{7, 7}:bernoulli(1), {1, 1}); same(T.zeros(2):bernoulli_(T{0, 1}), {0, 1})
same(T.zeros_like(T{1, 2}), {0, 0}); same(T.ones_like(int{1}).dtype, "int64"); same(T.full_like(T{1, 2}, 3), {3, 3})
same(T.rand_like(T{1, 2}).shape, {2}); same(T.randn_like(T{1, 2}).shape, {2})
T.manual_seed(3); same(T.initial_seed(), 3)

-- Asking
local m = T{{1, 2, 3}, {4, 5, 6}}
same(m.shape, {2, 3}); same(m:size(), {2, 3}); same(m:size(1), 2); same(m:size(-1), 3); same(m:dim(), 2); same(m:numel(), 6)
same(T{2.5}:item(), 2.5); same(math.type(int{2}:item()), "integer"); same(math.type(T{2}:item()), "float"); same(T{true}:item(), true)
same(T{{1, 2}}:totable(), {{1.0, 2.0}}); same(T(3):totable(), 3.0); same(int(3):totable(), 3)
same(m:is_contiguous(), true); same(m:t():is_contiguous(), false)
same(m:to("int32").dtype, "int32"); same(m:float().dtype .. m:double().dtype .. m:long().dtype .. m:int().dtype .. m:byte().dtype .. m:bool().dtype, "float32float64int64int32uint8bool")
same(m:clone(), m); same(m:detach(), m); same(m:t():contiguous():is_contiguous(), true)
fails("item", function() return T{1, 2}:item() end)

-- Indexing
same(m[1], {1, 2, 3}); same(m[{2, 3}]:item(), 6.0); same(m[{{1, 2}, {}}], m); same(m[{{}, {1, 3, 2}}], {{1, 3}, {4, 6}})
same(m["1:2, 2"], {2, 5}); same(m["2:"], {{4, 5, 6}}); same(m[":, ::2"], {{1, 3}, {4, 6}}); same(m["2, :2"], {4, 5}); same(m[":1"], {{1, 2, 3}})
same(m[{{-1, -1}}], {{4, 5, 6}}); fails("has no field '-1'", function() return m["-1"] end)
same(m[m:gt(3)], {4, 5, 6}); same(m[int{2, 1}], {{4, 5, 6}, {1, 2, 3}}); same(m[T{2, 1}], {{4, 5, 6}, {1, 2, 3}})
same(m[{T{1, 2}, T{3, 1}}], {3, 4}); same(m[{{}, T{3, 1}}], {{3, 1}, {6, 4}}); same(m[T{true, false}], {{1, 2, 3}})
same(m[{{2, 9}}], {{4, 5, 6}}, "ranges are clamped"); same(m[{{3, 2}}].shape, {0, 3}); same(m["3:2"].shape, {0, 3})
same(m[2.0], {4, 5, 6})
fails("flip", function() return m["2:1:-1"] end)
fails("flip", function() return m[{{2, 1, -1}}] end)
fails("whole number", function() return m[1.5] end)
fails("position 4 is outside dimension 2 of [2, 3]", function() return m[{1, 4}] end)
fails("1.5", function() return m[T{1.5}] end)
local y = m:clone(); y[1] = 0; same(y, {{0, 0, 0}, {4, 5, 6}})
y[{2, 1}] = 9; same(y[2], {9, 5, 6}); y["1, 2:3"] = T{7, 8}; same(y[1], {0, 7, 8}); y[y:gt(7)] = -1; same(y, {{0, 7, -1}, {-1, 5, 6}})
y[T{2}] = T{1, 2, 3}; same(y[2], {1, 2, 3}); y[1] = {4, 5, 6}; same(y[1], {4, 5, 6}); y[{{}, T{1, 3}}] = 0; same(y, {{0, 5, 0}, {0, 2, 0}})
fails("outside", function() y[3] = 1 end)
local view = y[1]; view:fill_(2); same(y[1], {2, 2, 2}, "a row is a view")
same(m:narrow(2, 2, 2), {{2, 3}, {5, 6}}); same(m:select(2, -1), {3, 6}); same(m:index_select(2, T{3, 1}), {{3, 1}, {6, 4}})
same(m:gather(2, T{{3}, {1}}), {{3}, {4}}); same(T.zeros(1, 3):scatter_(2, T{{3, 1}}, T{{5, 6}}), {{6, 0, 5}}); same(T.zeros(3):scatter_add_(1, T{1, 1}, T{2, 3}), {5, 0, 0})
same(T.zeros(2, 2):scatter_(1, T{{1, 2}}, 7), {{7, 0}, {0, 7}})
same(m:masked_select(m:le(2)), {1, 2}); same(m:masked_fill(m:le(2), 0)[1], {0, 0, 3}); same(m:gt(3):where(m, 0), {{0, 0, 0}, {4, 5, 6}}); same(T.where(m:gt(3), 1, 0)[1], {0, 0, 0})
same(m:take_along(m:argsort(2, {descending = true}), 2), {{3, 2, 1}, {6, 5, 4}}); same(T.zeros(3):index_add_(1, T{3, 1}, T{1, 2}), {2, 0, 1}); same(T.zeros(3):index_copy_(1, T{2}, T{5}), {0, 5, 0})
same(T.zeros(3):index_add(1, T{3}, T{1}), {0, 0, 1}); same(T.zeros(3):scatter(1, T{2}, T{4}), {0, 4, 0})

-- Shape
same(m:reshape(3, 2), {{1, 2}, {3, 4}, {5, 6}}); same(m:reshape{-1}, {1, 2, 3, 4, 5, 6}); same(m:view(6).shape, {6}); same(m:flatten().shape, {6}); same(T.zeros(2, 3, 4):flatten(2).shape, {2, 12})
same(T.zeros(6):unflatten(1, {2, 3}).shape, {2, 3}); same(T.zeros(1, 2, 1):squeeze().shape, {2}); same(T.zeros(1, 2, 1):squeeze(3).shape, {1, 2}); same(T{1, 2}:unsqueeze(1).shape, {1, 2}); same(T{1, 2}:unsqueeze(-1).shape, {2, 1})
same(m:t().shape, {3, 2}); same(m:transpose(1, 2)[1], {1, 4}); same(T.zeros(2, 3, 4):permute(3, 1, 2).shape, {4, 2, 3}); same(T{{1}, {2}}:expand(2, 3), {{1, 1, 1}, {2, 2, 2}}); same(T{1, 2}:broadcast_to(2, 2), {{1, 2}, {1, 2}})
same(T{1, 2}:tile(2), {1, 2, 1, 2}); same(T{1, 2}:repeat_interleave(2), {1, 1, 2, 2}); same(T.cat({T{1}, T{2}}, 1), {1, 2}); same(T.cat{m, m}.shape, {4, 3}); same(T.cat({m, m}, 2).shape, {2, 6}); same(T.stack({T{1}, T{2}}, 2), {{1, 2}})
local parts = T.range(1, 5):split(2); same(#parts, 3); same(parts[3], {5}); same(#T.range(1, 5):split({1, 4}), 2); same(#T.range(1, 5):chunk(2), 2); same(#m:unbind(2), 3); same(m:unbind(2)[3], {3, 6})
same(m:flip(2)[1], {3, 2, 1}); same(T{1, 2, 3}:roll(1), {3, 1, 2}); same(m:roll(1, 2)[1], {3, 1, 2}); same(T{1, 2}:pad({1, 2}), {0, 1, 2, 0, 0}); same(T{1, 2}:pad({1, 0}, {mode = "constant", value = 7}), {7, 1, 2})
same(T{{1, 2, 3}}:pad({1, 1}, {mode = "reflect"}), {{2, 1, 2, 3, 2}}); same(T.range(1, 5):unfold(1, 2, 2), {{1, 2}, {3, 4}}); same(T.ones(2, 2):tril(), {{1, 0}, {1, 1}}); same(T.ones(2, 2):triu(1), {{0, 1}, {0, 0}})
same(T{1, 2}:diag(), {{1, 0}, {0, 2}}); same(T{{1, 2}, {3, 4}}:diag(), {1, 4}); same(T.zeros(2, 3, 4):movedim(1, -1).shape, {3, 4, 2}); same(T.hstack{T{1}, T{2}}, {1, 2}); same(T.vstack{T{1}, T{2}}, {{1}, {2}}); same(#T.meshgrid{T{1, 2}, T{3}}, 2); same(T.meshgrid(T{1, 2}, T{3}, {indexing = "xy"})[1], {{1, 2}}); fails("repeats must be a whole number", function() return T{1}:repeat_interleave(1.5) end); same(m:swapaxes(1, 2).shape, {3, 2})
same(m:clone():t_().shape, {3, 2}); same(T{1, 2}:unsqueeze_(1).shape, {1, 2}); same(T.zeros(1, 2):squeeze_().shape, {2}); same(m:clone():transpose_(1, 2).shape, {3, 2})

-- Elementwise: `clamp`, `lerp` and the like by position and by name
same(T{-2, 0.5, 2}:clamp(-1, 1), {-1, 0.5, 1}); same(T{-2, 2}:clamp{max = 1}, {-2, 1}); same(T{0, 10}:lerp(T{10, 20}, 0.5), {5, 15}); same(T{1, 5}:max(T{3, 2}), {3, 5}); same(T{1, 5}:min(T{3, 2}), {1, 2}); same(T.max(T{1, 5}, T{3, 2}), {3, 5})
same(T{1}:add(2, {alpha = 3}), {7}); same(T{2.5, -2.5}:round(), {2, -2}); same(T{1.25}:round(1), {1.2}); same(T{0 / 0, 1 / 0}:nan_to_num(5, 6), {5, 6}); same(T{1, 2}:isclose(T{1, 2.1}), {true, false}); same(T{1}:allclose(T{1 + 1e-7}), true); same(T{1, 2}:equal(T{1, 2}), true)
same(T{3}:fmod(-2), {1}); same(T{-3}:remainder(2), {1}); same(T{2}:pow(T{3}), {8}); same(T{5, 2}:eq_(2), {0, 1}, "in place the receiver's type stays"); same(T{1, 0}:logical_not_(), {0, 1})
same(T{1}:atan2(T{1}):item() - math.pi / 4 < 1e-6, true); same(T{4, 9}:rsqrt_(), {0.5, 1 / 3}); same(T{-1, 1}:leaky_relu(0.5), {-0.5, 1}); same(T{-1, 1}:hardtanh_(-0.5, 0.5), {-0.5, 0.5}); same(T{-3, 3}:relu_(), {0, 3}); same(T{1, 5}:minimum(3), {1, 3})

same(T{7, -7}:div(2, {rounding_mode = "trunc"}), {3, -3}); same(T{7, -7}:div(2, "floor"), {3, -4}); same(int{7, -7}:div(2, "trunc").dtype, "int64")

same(T.pow(2, T{1, 3}), {2, 8}); same(T.maximum(3, T{1, 5}), {3, 5}); same(T.sub(1, T{3}), {-2}); same(T.div(1, T{4}), {0.25}); fails("pow: one of the two must be a tensor", function() return T.pow(2, 3) end)
same(2.0 // int{0}, {1 / 0}); fails("an integer is divided by zero", function() return 2 // int{0} end); fails("fill_: 300 does not fit into uint8 (0..255)", function() return T.zeros(1):byte():fill_(300) end); same(T({250}, {dtype = "uint8"}) + 10, {4})

-- Options and required arguments by name, alone or after positions
same(T.cat{T{{1}}, T{{2}}, dim = 2}, {{1, 2}}); same(T{{1, 2}}:sum{dim = 2, keepdim = true}, {{3}}); same(T{1, 2}:topk{k = 1}, {2}); same(T{2}:pow{exponent = 3}, {8}); same(T.full{shape = {2}, fill_value = 3}, {3, 3}); same(T.linspace{start = 0, ["end"] = 1, steps = 2}, {0, 1}); same(m:permute{2, 1}, m:t())
same(T.full{size = {2}, fill_value = 3}, {3, 3}, "PyTorch's name"); same(T.zeros(2):scatter{dim = 1, index = T{2}, value = 3}, {0, 3}); same(T.rand{size = {2, 1}}.shape, {2, 1}); same(T{1, 2}:expand{size = {2, 2}}, {{1, 2}, {1, 2}}); same(T{1}:pad{pad = {1, 0}}, {0, 1}); same(T{2}:dot{tensor = T{3}}:item(), 6.0)
same(T{1, 2, 3, 4}:var(1, false):item(), 1.25); same(T{1, 2}:sum{dim = 1}:item(), 3.0)
fails("'dim' is given twice, as argument 1 and by name", function() return T{1, 2}:sum(1, {dim = 1}) end)

-- Promotion
same((int{1} + 1).dtype, "int64"); same((int{1} + 2.0).dtype, "float32"); same((int{7} / 2).dtype, "float32"); same((T{true} + 1).dtype, "int64"); same((T{1} + T({1}, {dtype = "float64"})).dtype, "float64")
same((T{1} + T(1, {dtype = "float64"})).dtype, "float32", "a single number does not widen"); same((int{1} + T({1}, {dtype = "int32"})).dtype, "int64"); same((T{true} + T{true}).dtype, "bool"); same(int{1, 2}:sum().dtype, "int64"); same(T{true, true}:sum():item(), 2)
same((int{2} ^ 2).dtype, "int64"); same(int{4}:sqrt().dtype, "float32"); same((int{9007199254740993} + 0):item(), 9007199254740993, "exact")

-- Reductions
same(m:sum():item(), 21.0); same(m:sum(2), {6, 15}); same(m:sum({1, 2}):item(), 21.0); same(m:sum(2, {keepdim = true}), {{6}, {15}}); same(m:sum(2, true), {{6}, {15}}); same(m:mean(1), {2.5, 3.5, 4.5}); same(m:prod(-1), {6, 120})
same(T{1, 2, 3, 4}:var():item(), 5 / 3); same(T{1, 2, 3, 4}:var{unbiased = false}:item(), 1.25); same(T{1, 2, 3, 4}:var{correction = 0}:item(), 1.25); same(T{1, 3}:std():item(), math.sqrt(2)); same(m:std(2), {1, 1}); same(m:var({1, 2}):item(), 3.5)
same(m:amax({1, 2}):item(), 6.0); same(m:amin(1), {1, 2, 3}); same(T{0, 1}:any():item(), true); same(T{0, 1}:all().shape, {}); same(m:any(2), {true, true}); same(T{3, 4}:norm():item(), 5.0); same(T{3, -4}:norm(1):item(), 7.0); same(T{3, 4}:norm('fro'):item(), 5.0); same(T{{3, 0}, {0, 4}}:norm('nuc'):item(), 7.0); same(m:norm(2, 1, {keepdim = true}).shape, {1, 3})
same(T{0, 0}:logsumexp(1):item(), math.log(2)); same(m:count_nonzero(1), {2, 2, 2}); same(T{1, 1}:softmax(1), {0.5, 0.5}); same(T{1, 1}:log_softmax(-1):exp(), {0.5, 0.5}); same(T{1, 2, 4}:median():item(), 2.0); same(select(2, T{{4, 1, 2}}:median(2)), {3}); same(T{1, 2, 2}:mode():item(), 2.0)
same(T{1, 2, 3, 4}:quantile(0.5):item(), 2.5); same(T{1, 2, 3, 4}:quantile(T{0, 1}), {1, 4}); same(m:cumsum(2), {{1, 3, 6}, {4, 9, 15}}); same(m:cumprod(1)[2], {4, 10, 18}); same(select(2, T{1, 3, 2}:cummax(1)), {1, 2, 2}); same((T{1, 3, 2}:cummin(1)), {1, 1, 1}); same(T{1, 0 / 0}:nansum():item(), 1.0); same(T{1, 0 / 0, 3}:nanmean():item(), 2.0)
same(T{3, 1, 2}:sort(1, {descending = true}), {3, 2, 1}); same(T{3, 1, 2}:argsort(), {2, 3, 1}); same(T{3, 1, 2}:topk(1, 1, {largest = false}), {1}); same(T{1, 3, 3}:bincount(), {1, 0, 2}); same(T{1, 3, 3}:bincount()[3]:item(), 2); same(T{1, 2, 2, 5}:histc(2, 0, 4), {1, 2})
local values, inverse, counts = T{3, 1, 3}:unique{return_inverse = true, return_counts = true}; same(values, {1, 3}); same(inverse, {2, 1, 2}); same(counts, {1, 2}); same(T{1, 3, 5}:searchsorted(T{0, 3, 9}), {1, 2, 4}); same(T{1, 3, 5}:searchsorted(T{3}, {right = true}), {3})

-- Products
same(T{1, 2}:dot(T{3, 4}):item(), 11.0); same(T{1, 2}:outer(T{3, 4}), {{3, 4}, {6, 8}}); same(m:mm(m:t()), {{14, 32}, {32, 77}}); same(m:mv(T{1, 0, 1}), {4, 10}); same(T.ones(1, 2, 3):bmm(T.ones(1, 3, 1)), {{{3}, {3}}}); same(T{1}:addmm(T{{2}}, T{{3}}, {beta = 2, alpha = 3}), {{20}})
same(T.zeros(1, 1, 1):baddbmm(T{{{2}}}, T{{{3}}}), {{{6}}}); same(T.einsum("ij->ji", m), m:t()); same(T.einsum("bij,bjk->bik", T.ones(2, 2, 3), T.ones(2, 3, 1)).shape, {2, 2, 1}); same(T.einsum("i,i", T{1, 2}, T{3, 4}):item(), 11.0); same(T.einsum("...i,i->...", m, T{1, 1, 1}), {6, 15}); same(m:mm(m:t()):trace():item(), 91.0)
same(T{1, 0, 0}:cross(T{0, 1, 0}), {0, 0, 1}); same(m:tensordot(m, {{1, 2}, {1, 2}}):item(), 91.0); same(m:tensordot(m:t(), 1), {{14, 32}, {32, 77}}); same(T{{1, 2}}:kron(T{{1, 1}}), {{1, 1, 2, 2}}); same(T{{0, 0}}:cdist(T{{3, 4}}), {{5}}); same(T{1, 2}:linear(T.eye(2), T{10, 20}), {11, 22})
local A = T{{4, 2}, {2, 3}}
same(T.linalg.inv(A):matmul(A):round(3), {{1, 0}, {0, 1}}); same(T.linalg.solve(A, T{8, 7}), {1.25, 1.5}); same(T.linalg.det(A):round(4):item(), 8.0); local sign, logabs = T.linalg.slogdet(A); same(sign:item(), 1.0); same(logabs:item(), math.log(8))
local L = T.linalg.cholesky(A); same(L:mm(L:t()), A); local q, r = T.linalg.qr(A); same(q:mm(r), A); local u, s, vh = T.linalg.svd(A); same((u * s):mm(vh), A); local w, v = T.linalg.eigh(A); same((v * w):mm(v:t()), A)
local re, im, vr, vi = T.linalg.eig(T{{0, -1}, {1, 0}}); same(re:abs():sum():item() < 1e-6, true); same(im:abs(), {1, 1}); same(vr.shape, {2, 2}); same(vi.shape, {2, 2}); same(T.linalg.pinv(T{{2, 0}, {0, 0}}), {{0.5, 0}, {0, 0}}); same(T.linalg.matrix_rank(T{{1, 2}, {2, 4}}):item(), 1); same(T.linalg.norm(T{3, 4}):item(), 5.0); same(T.linalg.matrix_exp(T.zeros(2, 2)), {{1, 0}, {0, 1}})
same((T.linalg.lstsq(T{{1, 0}, {0, 2}, {0, 0}}, T{{3}, {4}, {5}})), {{3}, {2}})
fails("linalg.inv: the matrix [2, 2] is singular", function() return T.linalg.inv(T.ones(2, 2)) end)

-- Functional
same(T.conv1d(T{{{1, 2, 3}}}, T{{{1, 1}}}), {{{3, 5}}}); same(T.conv2d(T.ones(1, 1, 3, 3), T.ones(1, 1, 2, 2), nil, 1, 0)[1][1], {{4, 4}, {4, 4}}); same(T.conv2d(T.ones(1, 1, 3, 3), T.ones(1, 1, 3, 3), {padding = "same"}).shape, {1, 1, 3, 3}); same(T.conv2d(T.ones(1, 1, 3, 3), T.ones(2, 1, 3, 3), T{1, 2}, {stride = 2, padding = 1}).shape, {1, 2, 2, 2})
same(T.conv_transpose2d(T.ones(1, 1, 2, 2), T.ones(1, 1, 2, 2), {stride = 2}).shape, {1, 1, 4, 4}); same(T.max_pool2d(T.range(1, 4):float():reshape(1, 1, 2, 2), 2):item(), 4.0); same(select(2, T.max_pool2d(T.range(1, 4):float():reshape(1, 1, 2, 2), 2, {return_indices = true})):item(), 4); same(T.avg_pool2d(T.ones(1, 1, 4, 4), 2).shape, {1, 1, 2, 2}); same(T.adaptive_avg_pool2d(T.ones(1, 1, 4, 6), 1).shape, {1, 1, 1, 1}); same(T.adaptive_avg_pool2d(T.ones(1, 1, 4, 6), {2, 3}).shape, {1, 1, 2, 3}); same(T.max_pool1d(T{{{1, 3, 2, 0}}}, 2), {{{3, 2}}}); same(T.avg_pool1d(T{{{1, 3, 2, 0}}}, 2), {{{2, 1}}})
same(T.layer_norm(T{{1, 3}}, 2):round(2), {{-1, 1}}); same(T.layer_norm(T{{1, 3}}, {2}, T{2, 2}, T{1, 1}):round(2), {{-1, 3}}); same(T.rms_norm(T{{3, 3}}, 2):round(3), {{1, 1}}); same(T.group_norm(T{{1, 3}}, 1):round(2), {{-1, 1}}); same(T.batch_norm(T{{1}, {3}}, T{0}, T{1}):round(2), {{1}, {3}}); same(T.batch_norm(T{{1}, {3}}, {training = true}):round(2), {{-1}, {1}})
same(T.dropout(T.ones(4), 0), {1, 1, 1, 1}); same(T.dropout(T.ones(4), 0.5, false), {1, 1, 1, 1}); same(T.dropout(T.ones(2), 1), {0, 0}); same(T.embedding(T{2, 1}, T{{1, 2}, {3, 4}}), {{3, 4}, {1, 2}}); same(T.one_hot(T{1, 3}), {{1, 0, 0}, {0, 0, 1}}); same(T.one_hot(T{1}, 2), {{1, 0}})
same(T.cross_entropy(T{{0, 0}}, T{2}):item(), math.log(2)); same(T.cross_entropy(T{{0, 0}}, T{{0.5, 0.5}}):item(), math.log(2)); same(T.cross_entropy(T{{0, 0}, {5, 5}}, T{2, -100}):item(), math.log(2)); same(T.cross_entropy(T{{0, 0}, {0, 9}}, T{2, 1}, {ignore_index = 1}):item(), math.log(2)); same(T.nll_loss(T{{-1, -2}}, T{2}):item(), 2.0); same(T.cross_entropy(T{{0, 0}, {0, 0}}, T{1, 2}, {reduction = "none"}), {math.log(2), math.log(2)})
same(T.mse_loss(T{1, 2}, T{3, 2}):item(), 2.0); same(T.mse_loss(T{1, 2}, T{3, 2}, "sum"):item(), 4.0); same(T.l1_loss(T{1, 2}, T{3, 2}):item(), 1.0); same(T.smooth_l1_loss(T{0}, T{2}):item(), 1.5); same(T.huber_loss(T{0}, T{3}, {delta = 2}):item(), 4.0); same(T.kl_div(T{0, 0}, T{1, 0}, "sum"):item(), 0.0); same(T.binary_cross_entropy(T{0.5}, T{1}):item(), math.log(2)); same(T.binary_cross_entropy_with_logits(T{0}, T{1}, {pos_weight = T{2}}):item(), 2 * math.log(2))
same(T.scaled_dot_product_attention(T.ones(2, 4), T.ones(3, 4), T.ones(3, 5)).shape, {2, 5}); same(T.scaled_dot_product_attention(T.ones(2, 1), T.ones(2, 1), T{{1}, {3}}, {is_causal = true}), {{1}, {2}}); same(T.scaled_dot_product_attention(T.ones(1, 1), T.ones(2, 1), T{{1}, {3}}, T{{true, false}}), {{1}}, "true takes part"); same(T.interpolate(T{{{1, 2}}}, {scale_factor = 2}), {{{1, 1, 2, 2}}}); same(T.interpolate(T{{{1, 3}}}, {size = 3, mode = "linear", align_corners = true}), {{{1, 2, 3}}}); same(T.cosine_similarity(T{{1, 0}}, T{{0, 1}}), {0})
same(T{1}:log_sigmoid():exp():item(), 1 / (1 + math.exp(-1)))

-- Random fills
same(T.zeros(3):uniform_(1, 1), {1, 1, 1}); same(T.zeros(2):normal_(4, 0), {4, 4}); same(T.zeros(2):bernoulli_(1), {1, 1}); same(T.zeros(2):random_(3, 3), {3, 3}); same(T.zeros(9):exponential_():gt(0):all():item(), true)
same(T.zeros(2):fill_(3), {3, 3}); same(T.ones(2):zero_(), {0, 0}); same(T.zeros(2):copy_(T{1, 2}), {1, 2}); same(T{1, 2}:masked_fill_(T{true, false}, 9), {9, 2})

-- Printing
same(tostring(T{1, 2.5}), "1.0  2.5\n[2] float32"); same(tostring(T{0 / 0, 1 / 0, 1}):find("nan") ~= nil, true); same(tostring(T.zeros(2000)):find("…") ~= nil or tostring(T.zeros(2000)):find("%.%.%.") ~= nil, true)
same(tostring(int{1, 20}), "1  20\n[2] int64"); same(tostring(T{true, false}), "true  false\n[2] bool")
T.set_printoptions{precision = 2}; same(tostring(T{1 / 3}), "0.33\n[1] float32"); T.set_printoptions{precision = 4}

-- Errors
local w = T.zeros(10, 784)
fails("matmul: [64, 784] × [10, 784]: inner sizes 784 and 10 differ. Did you mean w:t()?", function() return T.zeros(64, 784):matmul(w) end)
fails("Did you mean tensor.range?", function() return T.arange(3) end)
fails("tensor.linalg.inv", function() return A:inverse() end)
fails("unknown option 'keepdims'. Did you mean 'keepdim'?", function() return A:sum(1, {keepdims = true}) end)
fails("cross_entropy: label 0 in row 2 is outside 1..3 (3 classes). All labels lie in 0..2, shifted by one: use y + 1", function() return T.cross_entropy(T.zeros(3, 3), T{1, 0, 2}) end)
fails("mse_loss: prediction [32, 1] and target [32] would compare every pair (32×32). Use target:reshape(32, 1).", function() return T.mse_loss(T.zeros(32, 1), T.zeros(32)) end)

-- Gradients
local a = T({2, 3}, {requires_grad = true});
(a * a):sum():backward(); same(a.grad, {4, 6}); (a * 2):sum():backward(); same(a.grad, {6, 8}); a:zero_grad(); same(a.grad, nil)
same(a.is_leaf, true); same((a * 1).is_leaf, false); same((a * 1).requires_grad, true); same(a:detach().requires_grad, false)
local b = a * 3; b:retain_grad(); (b * b):sum():backward(); same(b.grad, {12, 18})
same((autograd.no_grad(function() return (a * 2).requires_grad, 7 end)), false); same(select(2, autograd.no_grad(function() return 1, 7 end)), 7)
do local _ <close> = autograd.no_grad(); same((a * 2).requires_grad, false) end
same((a * 2).requires_grad, true)
local g = autograd.grad((a ^ 3):sum(), a, {create_graph = true}); same(g, {12, 27}); same(autograd.grad(g:sum(), a), {12, 18}); local b2 = a * 3; local g1, g2 = autograd.grad((a * b2):sum(), {a, b2}); same(g2, a:detach())
local value, da, db = autograd.value_and_grad(function(x, k, y) return (x * y):sum() * k end)(T{1, 2}, 3, T{4, 5}); same(value:item(), 42.0); same(da, {12, 15}); same(db, {3, 6})
same(autograd.jacobian(function(x) return x * x end, T{1, 2}), {{2, 0}, {0, 4}}); same(autograd.hessian(function(x) return (x * x * x):sum() end, T{1, 2}), {{6, 0}, {0, 12}}); same(autograd.jacobian(function(x) return x:sum(1) end, T.ones(2, 3)).shape, {3, 2, 3})
local double = autograd.func{forward = function(ctx, x, k) ctx.k = k; return x * k end, backward = function(ctx, grad) return grad * ctx.k end}
local c = T({1, 2}, {requires_grad = true}); double(c, 5):sum():backward(); same(c.grad, {5, 5})
same(autograd.gradcheck(function(x) return x:tanh() end, T{0.1, 0.2}), true); local wrong = autograd.func{forward = function(ctx, x) return x * 2 end, backward = function(ctx, grad) return grad end}
local passed, report = autograd.gradcheck(wrong, T{0.5}, {raise = false}); same(passed, false); same(type(report), "string"); fails("gradcheck", function() autograd.gradcheck(wrong, T{0.5}) end)
local h = c:register_hook(function(grad) return grad * 10 end); c:zero_grad(); (c * 1):sum():backward(); same(c.grad, {10, 10}); h:remove(); c:zero_grad(); (c * 1):sum():backward(); same(c.grad, {1, 1})
local held = c * 1; held:retain_grad(); held:register_hook(function(grad) return grad * 2 end); held:sum():backward(); same(held.grad, {2, 2}, "what the hooks made of it")
local forgetful = autograd.func{forward = function(ctx, x, y) return x * y end, backward = function(ctx, grad) return grad end}
fails("func: backward must return one gradient for each of 2 tensor inputs (nil for one that needs none), it returned 1", function() forgetful(c, c * 1):sum():backward() end); forgetful(c, T{3, 4}):sum():backward()
local j1, j2 = autograd.jacobian(function(x, y) return x * y:sum() end, {T{1, 2}, T{3, 4, 5}}); same(j1, {{12, 0}, {0, 12}}); same(j2, {{1, 1, 1}, {2, 2, 2}})
local h2 = autograd.hessian(function(x, y) return (x * x * y:sum()):sum() end, {T{1, 2}, T{3, 4}}); same(h2[1][1], {{14, 0}, {0, 14}}); same(h2[1][2], {{2, 2}, {4, 4}}); same(h2[2][2], {{0, 0}, {0, 0}})
autograd.detect_anomaly(true); fails("tensor.lua", function() return (T({-1}, {requires_grad = true}):log()) end); fails("log", function() return T{-1}:log() end); autograd.detect_anomaly(false)
autograd.detect_anomaly(true); local zero = T({0}, {requires_grad = true})
local root, line = zero:sqrt(), debug.getinfo(1, "l").currentline
fails("sqrt (gradient): first NaN or infinity at tensor.lua:" .. line, function() (root * 0):backward() end); autograd.detect_anomaly(false)
local p, q = T({2}, {requires_grad = true}), T({-3}, {requires_grad = true}); local loss = (p * q + 10) * -2; loss:backward(); same(tostring(autograd.graph(loss)):find("mul") ~= nil, true); same(autograd.graph(loss):dot():find("digraph") ~= nil, true)
local path = os.tmpname() .. ".svg"; autograd.graph(loss):svg(path); same(io.open(path):read("a"):find("<svg", 1, true) ~= nil, true); os.remove(path); fails("must end in .svg", function() autograd.graph(loss):svg("x.txt") end)
local n = T({3}, {requires_grad = true}); local ops = {}; for step in autograd.stepper(n * n + 1) do ops[#ops + 1] = step.op end; same(ops, {"add", "mul", "leaf"}); same(n.grad, {6})
local stepper = autograd.stepper(n * 2); local step = stepper:step(); same(step.op, "mul"); same(step.grad, {1}); same(step.inputs[1], {2}); stepper:run(); same(n.grad, {8}); same(stepper:step(), nil)
fails("backward() starts from one number; this is [2]. Try loss:mean().", function() (a * 2):backward() end)
local once = (a * a):sum(); once:backward(); fails("pass {retain_graph=true}", function() once:backward() end)
local kept = (a * a):sum(); kept:backward{retain_graph = true}; kept:backward()
local s2 = a * 1; local e = s2:exp(); e:add_(1); fails("changed in place", function() e:sum():backward() end)
fails("requires_grad", function() a:add_(1) end)
