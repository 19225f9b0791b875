export const historyWords = { zh: {}, en: {} };
