-- 100 times (a:matmul(w)):relu():sum():backward() on 4×4.
local a = tensor.rand(4, 4)
local w = tensor.rand(4, 4):requires_grad_()

return {
  repeats = 20,
  step = function()
    for _ = 1, 100 do
      a:matmul(w):relu():sum():backward()
    end
  end,
}
