// @ts-check
// How a page that keeps somebody's words talks to the server: every answer is
// one of a few words, and none of them makes the page forget anything.

/**
 * 'saved'; 'login' the login has ended; 'other' somebody else is logged in;
 * 'locked' the passphrase is needed; 'taken' somebody was first; 'fault' an
 * answer was not taken; 'large'; 'gone' there is none; 'refused' not allowed;
 * 'supervisor' nobody could open it yet; 'erased' its visitor has erased everything; 'busy' try again; 'network' no answer.
 * @typedef {{why: 'saved'|'login'|'other'|'locked'|'taken'|'fault'|'large'|'gone'|'refused'|'supervisor'|'erased'|'busy'|'network', body: any}} Answer
 */

/** @type {{[status: number]: Answer['why']}} */
const words = {
  200: 'saved', 204: 'saved', 403: 'refused', 404: 'gone', 409: 'taken', 410: 'erased', 412: 'other',
  413: 'large', 422: 'fault', 423: 'locked',
};

const patience = 20_000; // milliseconds for one answer; filling a draft (counsel/console/rotafill.go) takes less

/**
 * @param {string} url @param {URLSearchParams} [form] without one it asks
 * @returns {Promise<Answer>}
 */
export async function post(url, form) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET', body: form, redirect: 'manual', cache: 'no-store', signal: stop.signal,
    });
    if (answer.type === 'opaqueredirect') return { why: 'login', body: null };
    const body = answer.headers.get('Content-Type')?.startsWith('application/json') ? await answer.json() : null;
    return { why: body?.why ?? words[answer.status] ?? 'busy', body };
  } catch {
    return { why: 'network', body: null };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Whose login this browser has now: 'in' (and who), 'out' (logged out here on
 * purpose), 'expired' (it ended by itself), or '' when there is no answer.
 * @returns {Promise<{state: ''|'in'|'out'|'expired', person: string}>}
 */
export async function login() {
  const { why, body } = await post('/login/state');
  return why === 'saved' && body ? { state: body.state, person: body.person ?? '' } : { state: '', person: '' };
}
