// Logging in in earnest: by invitation, with an app for codes or a passkey.
import assert from 'node:assert/strict';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Line, Phone } from '../lib/line.mjs';
import { Counsellor } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';

const pass = 'lantern ribun over vierkant tosas';

/** The first supervisor, with a passphrase of her own and nothing else yet. @param {import('../lib/journey.mjs').Evening} e */
async function joined(e) {
	if (!(e.line instanceof Line)) throw new Error('the line does not run in earnest');
	const machine = await e.machine();
	const anna = new Counsellor(e, await e.page(machine), machine);
	await anna.page.goto(e.line.desk + e.line.join);
	await anna.page.click('input[name=choice][value=own]');
	await anna.page.type('#own', pass);
	await anna.page.type('#again', pass);
	await anna.follow('button[value=join]');
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
	await who.page.goto(`${desk}/login`);
	await who.page.type('#name', 'Anna Vermeer');
	await who.page.type('#passphrase', pass);
	await who.follow('form[action="/login"] button');
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

	// A device that does not know its owner gives nothing; the passphrase always works.
	// A device that was refused gives nothing any more, so this comes last.
	await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
	await anna.press('form[data-lock] button');
	await anna.press('#lock [data-lock-key]');
	await until('the device gave nothing', () => page.evaluate(() => document.activeElement?.matches('#lock input[name=passphrase]') ?? false));
	await picture(page, 'locked-passkey');
	await page.keyboard.type(pass);
	await page.keyboard.press('Enter');
	await anna.notToSee('#lock');
}, { earnest: true, staffOnly: true });
