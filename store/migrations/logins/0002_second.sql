-- Logins say since this version how far they are and when a second factor was
-- last shown. Those of before cannot be read any more: everybody logs in anew.
DELETE FROM login;
