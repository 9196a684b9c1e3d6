// @ts-check
// A socket that is refused does not say why. This asks once, quietly, whether
// the login is still there.

/** @returns {Promise<boolean>} true only when the server says so */
export async function loggedOut() {
  try {
    const answer = await fetch(location.pathname, { method: 'HEAD', redirect: 'manual', cache: 'no-store' });
    return answer.type === 'opaqueredirect' || answer.status === 401;
  } catch {
    return false; // no network is no answer
  }
}
