// To come.
export default { render() {} };
