-- Linear 784→128, ReLU, Linear 128→10; batch 64; cross-entropy; Adam; one full training step.
local model = nn.Sequential{nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10)}
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.Adam(model:parameters(), {lr = 1e-3})
local x, y = tensor.rand(64, 784), tensor.randint(1, 10, {64})

return {
  repeats = 50,
  step = function()
    optimizer:zero_grad()
    criterion(model(x), y):backward()
    optimizer:step()
  end,
}
