-- One 1024×1024 product.
local a, b = tensor.rand(1024, 1024), tensor.rand(1024, 1024)

return {
  repeats = 5,
  step = function()
    local _ = a:matmul(b)
  end,
}
