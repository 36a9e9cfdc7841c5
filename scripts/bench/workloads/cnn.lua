-- Conv 1→32, Conv 32→64 and Conv 64→64, 3×3 without padding, with pooling, then Linear 576→64→10 on 28×28 pictures;
-- batch 64; cross-entropy; Adam; one full training step.
local model = nn.Sequential{
  nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
  nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
  nn.Conv2d(64, 64, 3), nn.ReLU(),
  nn.Flatten(),
  nn.Linear(576, 64), nn.ReLU(),
  nn.Linear(64, 10),
}
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.Adam(model:parameters(), {lr = 1e-3})
local x, y = tensor.rand(64, 1, 28, 28), tensor.randint(1, 10, {64})

return {
  model = model,
  repeats = 5,
  step = function()
    optimizer:zero_grad()
    criterion(model(x), y):backward()
    optimizer:step()
  end,
}
