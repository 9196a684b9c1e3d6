// Logging in in earnest: by invitation, with an app for codes.
import assert from 'node:assert/strict';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Line, Phone } from '../lib/line.mjs';
import { Counsellor } from '../lib/people.mjs';

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
}, { earnest: true });
