-- SPDX-License-Identifier: Apache-2.0
-- An optimised implementation: Standard Webhooks checked with libcrypto through FFI (key pads computed once), the
-- same fields appended to the same stream over a keep-alive pool, 200 only after Redis confirmed.
local ffi = require "ffi"
local redis = require "nginx.redis"

ffi.cdef [[
typedef struct hmac_ctx_st HMAC_CTX;
typedef struct evp_md_st EVP_MD;
HMAC_CTX *HMAC_CTX_new(void);
const EVP_MD *EVP_sha256(void);
int HMAC_Init_ex(HMAC_CTX *ctx, const void *key, int len, const EVP_MD *md, void *engine);
int HMAC_Update(HMAC_CTX *ctx, const char *data, size_t len);
int HMAC_Final(HMAC_CTX *ctx, unsigned char *md, unsigned int *len);
int CRYPTO_memcmp(const void *a, const void *b, size_t len);
]]
local crypto = ffi.load("libcrypto.so.3")

local secret = assert(ngx.decode_base64((os.getenv("SIGNING_KEY"):gsub("^whsec_", ""))))
local redis_port = tonumber(os.getenv("REDIS_PORT"))
local hmac = crypto.HMAC_CTX_new()
assert(crypto.HMAC_Init_ex(hmac, secret, #secret, crypto.EVP_sha256(), nil) == 1)
local digest = ffi.new("unsigned char[32]")
local digest_size = ffi.new("unsigned int[1]")

local encode_base64 = ngx.encode_base64
local floor, abs = math.floor, math.abs
local key, max_skew, signature_size = "{trunkline}:deliveries", 300, 44

-- Does one of the space-separated "v1,<base64>" match?
local function matches(signatures, expected)
  if #signatures == 3 + signature_size and signatures:sub(1, 3) == "v1," then
    return crypto.CRYPTO_memcmp(signatures:sub(4), expected, signature_size) == 0
  end
  for one in signatures:gmatch("v1,([^ ]+)") do
    if #one == signature_size and crypto.CRYPTO_memcmp(one, expected, signature_size) == 0 then
      return true
    end
  end
  return false
end

local function refuse(status)
  ngx.status = status
  ngx.header.content_type = "application/json"
  if status == 503 then ngx.header.retry_after = 10 end
  ngx.print('{"status":"refused"}')
end

local function accept()
  local var = ngx.var
  local id, time, signatures = var.http_webhook_id, var.http_webhook_timestamp, var.http_webhook_signature
  local seconds = tonumber(time)
  if not (id and seconds and signatures) or abs(ngx.time() - seconds) > max_skew then return refuse(403) end

  ngx.req.read_body()
  local body = ngx.req.get_body_data() or ""
  crypto.HMAC_Init_ex(hmac, nil, 0, nil, nil)
  local head = id .. "." .. time .. "."
  crypto.HMAC_Update(hmac, head, #head)
  crypto.HMAC_Update(hmac, body, #body)
  crypto.HMAC_Final(hmac, digest, digest_size)
  if not matches(signatures, encode_base64(ffi.string(digest, 32))) then return refuse(403) end

  local connection = redis:new()
  connection:set_timeout(1000)
  if not connection:connect("127.0.0.1", redis_port) then return refuse(503) end
  local delivery_id = var.request_id
  local entry = connection:xadd(key, "*", "d", delivery_id, "t", floor(ngx.now() * 1000), "s", "standard", "k", 0,
    "w", id, "b", body)
  if not entry then return refuse(503) end
  connection:set_keepalive(60000, 256)

  local header = ngx.header
  header.content_type = "application/json"
  header.content_length = 21
  header["Trunkline-Delivery-Id"] = delivery_id
  ngx.print('{"status":"accepted"}')
end

return { accept = accept }
