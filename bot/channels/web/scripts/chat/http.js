// Requests to Baken. XMLHttpRequest, because old telephones can't abort a fetch.

/**
 * @template [Body=any]
 * @typedef {object} Answer
 * @property {number} status HTTP's; 0 where the network failed, it took too long, or the body could not be read
 * @property {Body | null} body
 * @property {number} retryAfter seconds, 0 where the server did not say
 */

/** @type {Set<XMLHttpRequest>} */
const pending = new Set();

/**
 * POSTs JSON and reads JSON, or a file where `responseType` is "blob". Never rejects.
 * @template [Body=any]
 * @param {string} path
 * @param {object} content
 * @param {{ timeoutSeconds?: number, responseType?: "text" | "blob" }} [options]
 * @returns {Promise<Answer<Body>>}
 */
export function postJson(path, content, { timeoutSeconds = 15, responseType = "text" } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const finish = () => {
      pending.delete(request);
      const succeeded = request.status === 200 || request.status === 202;
      const body = readBody(request);
      resolve({
        status: succeeded && body === null ? 0 : request.status,
        body,
        retryAfter: Number(request.getResponseHeader("Retry-After")) || 0,
      });
    };
    request.open("POST", path);
    request.timeout = timeoutSeconds * 1000;
    request.setRequestHeader("Content-Type", "application/json");
    request.responseType = responseType;
    request.onload = request.onerror = request.ontimeout = request.onabort = finish;
    pending.add(request);
    request.send(JSON.stringify(content));
  });
}

/** @param {XMLHttpRequest} request */
function readBody(request) {
  if (request.responseType === "blob") { return request.response; }
  try { return JSON.parse(request.responseText); } catch { return null; }
}

/** Each that is under way ends with status 0. */
export function abortRequests() { pending.forEach((request) => request.abort()); }
