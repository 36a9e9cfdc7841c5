-- A residual network on 3×32×32: 3×3 stem of 16, basic blocks of 16, 32 (stride 2) and 64 (stride 2) with BatchNorm,
-- global average, Linear 64→10; batch 64; cross-entropy; SGD with momentum 0.9; one full training step.
local function conv(inputs, outputs, size, stride)
  return nn.Conv2d(inputs, outputs, size, {stride = stride, padding = size // 2, bias = false})
end

local Block = nn.module("Block")

function Block:init(inputs, outputs, stride)
  self.conv1, self.bn1 = conv(inputs, outputs, 3, stride), nn.BatchNorm2d(outputs)
  self.conv2, self.bn2 = conv(outputs, outputs, 3, 1), nn.BatchNorm2d(outputs)
  self.shortcut = nn.Identity()
  if stride > 1 then self.shortcut = nn.Sequential{conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)} end
end

function Block:forward(x)
  local y = self.bn2(self.conv2(self.bn1(self.conv1(x)):relu()))
  return (y + self.shortcut(x)):relu()
end

local Net = nn.module("Net")

function Net:init()
  self.body = nn.Sequential{
    conv(3, 16, 3, 1), nn.BatchNorm2d(16), nn.ReLU(),
    Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
  }
  self.head = nn.Linear(64, 10)
end

function Net:forward(x) return self.head(self.body(x):mean({3, 4})) end

local model = Net()
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.SGD(model:parameters(), {lr = 0.01, momentum = 0.9})
local x, y = tensor.rand(64, 3, 32, 32), tensor.randint(1, 10, {64})

return {
  repeats = 2,
  step = function()
    optimizer:zero_grad()
    criterion(model(x), y):backward()
    optimizer:step()
  end,
}
