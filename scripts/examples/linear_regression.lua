-- Fits a line to noisy points, by hand: predict, measure, follow the gradient downhill.
tensor.manual_seed(1)

local x = tensor.linspace(-1, 1, 100)
local y = x * 3 - 2 + tensor.randn(100) * 0.1

local w = tensor.zeros(1):requires_grad_()
local b = tensor.zeros(1):requires_grad_()
local lr = 0.1

for step = 1, 200 do
  local prediction = x * w + b
  local loss = (prediction - y):square():mean()
  loss:backward()
  autograd.no_grad(function()
    w:sub_(w.grad * lr)
    b:sub_(b.grad * lr)
  end)
  w:zero_grad()
  b:zero_grad()
  if step % 50 == 0 then
    print(string.format("step %3d  loss %.4f  y = %.2f x %+.2f", step, loss:item(), w:item(), b:item()))
  end
end

assert(math.abs(w:item() - 3) < 0.1 and math.abs(b:item() + 2) < 0.1, "the line was not found")
print "The points were made with y = 3 x - 2."
