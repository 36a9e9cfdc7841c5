-- LSTM 28→128 over 28 steps, Linear 128→10 on the last; batch 64; cross-entropy; Adam; one full training step.
local Net = nn.module("Net")

function Net:init()
  self.lstm = nn.LSTM(28, 128, {batch_first = true})
  self.head = nn.Linear(128, 10)
end

function Net:forward(x)
  local y = self.lstm(x)
  return self.head(y:select(2, -1))
end

local model = Net()
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.Adam(model:parameters(), {lr = 1e-3})
local x, y = tensor.rand(64, 28, 28), tensor.randint(1, 10, {64})

return {
  repeats = 5,
  step = function()
    optimizer:zero_grad()
    criterion(model(x), y):backward()
    optimizer:step()
  end,
}
