// The noise level of a digit. The module comes next.
export default { render() {} };
