-- A GPT of 4 pre-norm blocks, width 128, 4 heads, context 64, vocabulary 65, with exact GELU and an untied head
-- without bias; batch 32; cross-entropy; AdamW; one full training step.
local Block = nn.module("Block")

function Block:init(dim, heads)
  self.heads = heads
  self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
  self.qkv, self.out = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
  self.mlp = nn.Sequential{nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim)}
end

function Block:forward(x)
  local n, length, dim = table.unpack(x.shape)
  local q, k, v = table.unpack(self.qkv(self.norm1(x)):view(n, length, 3, self.heads, -1):permute(3, 1, 4, 2, 5):unbind(1))
  local y = tensor.scaled_dot_product_attention(q, k, v, {is_causal = true})
  x = x + self.out(y:transpose(2, 3):reshape(n, length, dim))
  return x + self.mlp(self.norm2(x))
end

local GPT = nn.module("GPT")

function GPT:init(vocabulary, context, dim, heads, layers)
  self.tokens, self.positions = nn.Embedding(vocabulary, dim), nn.Embedding(context, dim)
  self.blocks = nn.Sequential{}
  for _ = 1, layers do self.blocks:add(Block(dim, heads)) end
  self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, vocabulary, {bias = false})
end

function GPT:forward(tokens)
  local x = self.tokens(tokens) + self.positions.weight[{{1, tokens.shape[2]}}]
  return self.head(self.norm(self.blocks(x))):flatten(1, 2)
end

local model = GPT(65, 64, 128, 4, 4)
local criterion = nn.CrossEntropyLoss()
local optimizer = optim.AdamW(model:parameters(), {lr = 1e-3})
local x, y = tensor.randint(1, 65, {32, 64}), tensor.randint(1, 65, {32 * 64})

return {
  repeats = 2,
  step = function()
    optimizer:zero_grad()
    criterion(model(x), y):backward()
    optimizer:step()
  end,
}
