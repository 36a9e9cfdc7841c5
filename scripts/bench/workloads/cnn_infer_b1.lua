-- The model of `cnn` on one picture, in evaluation mode and without gradients.
local folder = debug.getinfo(1, "S").source:match("^@(.*)/")
local model = dofile(folder .. "/cnn.lua").model:eval()
local x = tensor.rand(1, 1, 28, 28)

return {
  repeats = 200,
  step = function()
    local _ <close> = autograd.no_grad()
    model(x)
  end,
}
