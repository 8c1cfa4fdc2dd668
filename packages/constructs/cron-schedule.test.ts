import { expect, test } from '@jest/globals';
import { checkSchedule, checkTimeZone } from './cron-schedule.js';

test.each([
  '0 3 * * *',
  '*/5 * * * *',
  '0,30 8-18/2 1,15 jan-mar,Dec MON-fri',
  '5/15 * ? * ?',
  '0 0 29 2 *',
  // Either day is enough, and there is a Monday in each February.
  '0 0 31 2 1',
  '@daily',
  '@hourly',
])('takes %s', (schedule) => {
  expect(checkSchedule('shop/report', schedule)).toBe(schedule);
});

test.each([
  ['', 'has 1 fields; it has 5: minute, hour, day of the month, month, day of the week'],
  ['0 0 3 * * *', 'has 6 fields; it has 5'],
  ['60 * * * *', 'has "60" for the minute; it is "*", a number from 0 to 59'],
  ['0 24 * * *', 'has "24" for the hour'],
  ['0 0 0 * *', 'has "0" for the day of the month'],
  ['0 0 * 13 *', 'has "13" for the month'],
  ['0 0 * * 7', 'has "7" for the day of the week; it is "*", a number from 0 to 6'],
  ['30-10 * * * *', 'has "30-10" for the minute'],
  ['*/0 * * * *', 'has "*/0" for the minute'],
  ['0 0 * * mon#1', 'has "mon#1" for the day of the week'],
  ['0 0 31 2,4 *', 'never comes: no such month has that day.'],
  ['TZ=Europe/Vienna 0 3 * * *', 'has a time zone, which Kubernetes refuses. Use timeZone.'],
  ['@reboot', 'has 1 fields'],
])('refuses "%s"', (schedule, problem) => {
  expect(() => checkSchedule('shop/report', schedule)).toThrow(
    `shop/report: the schedule "${schedule}" ${problem}`,
  );
});

test('a time zone is one of the IANA database', () => {
  expect(checkTimeZone('shop/report', 'Europe/Vienna')).toBe('Europe/Vienna');
  expect(() => checkTimeZone('shop/report', 'Europe/Wien')).toThrow(
    'shop/report: timeZone is "Europe/Wien"; it is a name of the IANA database, such as Europe/Vienna.',
  );
});
