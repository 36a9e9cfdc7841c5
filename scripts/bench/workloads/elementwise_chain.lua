-- (gelu(x*w + b) * 0.5 + x):mean():backward(), x 1000×1000, w and b 1000 with gradients.
local x = tensor.randn(1000, 1000)
local w = tensor.randn(1000):requires_grad_()
local b = tensor.randn(1000):requires_grad_()

return {
  repeats = 5,
  step = function()
    w:zero_grad()
    b:zero_grad()
    local y = (x * w + b):gelu() * 0.5 + x
    y:mean():backward()
  end,
}
