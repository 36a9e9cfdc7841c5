-- 1,000 additions of 4×4 tensors.
local a, b = tensor.rand(4, 4), tensor.rand(4, 4)

return {
  repeats = 20,
  step = function()
    for _ = 1, 1000 do
      local _ = a + b
    end
  end,
}
