// Logging in in earnest: by invitation, with an app for codes or a passkey.
import assert from 'node:assert/strict';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Line, Phone } from '../lib/line.mjs';
import { joins, pass } from '../lib/opened.mjs';
import { Counsellor } from '../lib/people.mjs';
import { STRETCHED, never, until } from '../lib/until.mjs';

/** The first supervisor, with a passphrase of her own and nothing else yet. @param {import('../lib/journey.mjs').Evening} e */
async function joined(e) {
	if (!(e.line instanceof Line)) throw new Error('the line does not run in earnest');
	const machine = await e.machine();
	const anna = new Counsellor(e, await e.page(machine), machine);
	await joins(anna, e.line.desk + e.line.join);
	return { anna, page: anna.page, desk: e.line.desk };
}

/** Sets up an app. @param {import('../lib/people.mjs').Counsellor} who */
async function scan(who) {
	const secret = await who.page.$eval('#secret', (n) => n.textContent ?? '');
	const phone = new Phone(secret);
	await who.page.type('#code', await phone.code());
	await who.page.type('#name', 'My phone');
	await who.follow('form[action="/second/app"] button[type=submit]');
	return phone;
}

/** The passphrase, on the page of the login. @param {import('../lib/people.mjs').Counsellor} who @param {string} desk */
async function passphrase(who, desk) {
	for (let n = 0; n < 3; n++) { // a machine that is busy asks to try again
		await who.page.goto(`${desk}/login`);
		await who.page.type('#name', 'Anna Vermeer');
		await who.page.type('#passphrase', pass);
		await who.follow('form[action="/login"] button', STRETCHED);
		if (!(await who.page.$('#passphrase'))) return;
	}
}

journey('who is invited sets up an app for codes, and logs in with both from then on', async (e) => {
	const { anna, page, desk } = await joined(e);
	assert.equal(new URL(page.url()).pathname, '/second/new');
	await picture(page, 'second-new');
	await page.goto(`${desk}/desk`);
	assert.equal(new URL(page.url()).pathname, '/second/new', 'something else opens before');
	const phone = await scan(anna);
	await page.goto(`${desk}/devices`);
	await anna.toRead('My phone');
	await picture(page, 'devices');

	await anna.follow('form[data-logout] button');
	await passphrase(anna, desk);
	assert.equal(new URL(page.url()).pathname, '/second');
	await page.goto(`${desk}/board`);
	assert.equal(new URL(page.url()).pathname, '/second', 'a passphrase alone opens something');
	await page.type('#code', '000000');
	await anna.follow('form[action="/second"] button[type=submit]');
	await anna.toRead('That code is not right');
	await picture(page, 'second');
	await page.type('#code', await phone.code());
	await anna.follow('form[action="/second"] button[type=submit]');
	assert.equal(new URL(page.url()).pathname, '/desk');
}, { earnest: true, staffOnly: true });

journey('a passkey is the second factor, and unlocks the screen', async (e) => {
	const { anna, page, desk } = await joined(e);
	const cdp = await page.createCDPSession();
	await cdp.send('WebAuthn.enable');
	const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
		options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, hasPrf: true, isUserVerified: true, automaticPresenceSimulation: true },
	});
	await page.type('#key-name', 'This machine');
	await anna.follow('[data-key-ask="/passkey/new"]');
	assert.notEqual(new URL(page.url()).pathname, '/second/new', await anna.text());

	await anna.follow('form[data-logout] button');
	await passphrase(anna, desk);
	assert.equal(new URL(page.url()).pathname, '/second');
	await anna.follow('[data-key-ask="/passkey/ask"]');
	assert.equal(new URL(page.url()).pathname, '/desk', await anna.text());

	await page.goto(`${desk}/step-up?back=/second/new`);
	await anna.follow('[data-key-ask="/passkey/ask"]');
	assert.equal(new URL(page.url()).pathname, '/second/new', await anna.text());

	// Its function has wrapped the keyring by now: the passkey opens a locked screen.
	await page.goto(`${desk}/devices`);
	await anna.toRead('It can unlock the screen');
	await anna.press('form[data-lock] button');
	await anna.toSee('#lock');
	await anna.press('#lock [data-lock-key]');
	await anna.notToSee('#lock');
	await page.reload();
	assert.equal(new URL(page.url()).pathname, '/devices', 'the server has not unlocked');

	// Whoever is quicker than the server hears of the lock does not get a page that is open over a keyring that is shut.
	/** @type {(() => void) | undefined} */ let late;
	/** @param {import('puppeteer-core').HTTPRequest} r */
	const slow = (r) => {
		if (!late && new URL(r.url()).pathname === '/lock') late = () => void r.continue();
		else void r.continue();
	};
	await page.setRequestInterception(true);
	page.on('request', slow);
	await anna.press('form[data-lock] button');
	const go = await until('the server is being told', () => late);
	assert.equal(await anna.sees('#lock [data-lock-key]'), false, 'there is nothing to ask a passkey yet');
	await page.focus('#lock input[name=passphrase]');
	await page.keyboard.type(pass);
	await page.keyboard.press('Enter');
	await never('it opens before it is shut', async () => !(await anna.sees('#lock')));
	go();
	await until('it opens then', async () => !(await anna.sees('#lock')), STRETCHED);
	page.off('request', slow);
	await page.setRequestInterception(false);
	await page.reload();
	assert.equal(new URL(page.url()).pathname, '/devices', 'the server has locked what was open already');

	// A device that does not know its owner gives nothing; the passphrase always works.
	// A device that was refused gives nothing any more, so this comes last.
	await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
	await anna.press('form[data-lock] button');
	await anna.press('#lock [data-lock-key]');
	await until('the device gave nothing', () => page.evaluate(() => document.activeElement?.matches('#lock input[name=passphrase]') ?? false));
	await picture(page, 'locked-passkey');
	await page.keyboard.type(pass);
	await page.keyboard.press('Enter');
	await until('the passphrase opens it', async () => !(await anna.sees('#lock')), STRETCHED);
}, { earnest: true, staffOnly: true });
